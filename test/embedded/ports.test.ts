import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { choosePorts } from "../../src/embedded/ports.js";

let folder: string;
let memory: string;
let servers: Server[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-ports-"));
  memory = join(folder, "ports.json");
  servers = [];
});

afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  rmSync(folder, { recursive: true, force: true });
});

const occupied = async (host: string): Promise<number> => {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
};

describe("choosing ports", () => {
  test.each(["127.0.0.1", "0.0.0.0", "::"])(
    "takes another one and says so when %s has the wished one",
    async (host) => {
      const taken = await occupied(host);
      const { ports, notes } = await choosePorts(memory, { ui: taken });
      expect(ports.ui).not.toBe(taken);
      expect(notes).toEqual([`port ${taken} (ui) is taken, using ${ports.ui}`]);
    },
  );

  test("gives the same ports after a restart", async () => {
    const first = await choosePorts(memory, { temporal: 0, ui: 0, api: 0 });
    const second = await choosePorts(memory, { temporal: 0, ui: 0, api: 0 });
    expect(second.ports).toEqual(first.ports);
    expect(second.notes).toEqual([]);
  });

  test("never gives one port to two names", async () => {
    const { ports } = await choosePorts(memory, { a: 0 });
    const { ports: both } = await choosePorts(join(folder, "other.json"), { a: ports.a, b: ports.a });
    expect(new Set(Object.values(both)).size).toBe(2);
  });

  test("a damaged memory is no memory", async () => {
    writeFileSync(memory, '{"ui": "high", "api": 99999');
    const { ports } = await choosePorts(memory, { ui: 0 });
    expect(JSON.parse(readFileSync(memory, "utf8"))).toEqual({ ui: ports.ui });
  });
});
