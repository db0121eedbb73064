import { createServer, type Server } from "node:net";
import { once } from "node:events";

import { afterEach, describe, expect, it } from "@jest/globals";

import type { MetricsListening, MetricsListeningOptions } from "../../src/api/metrics-listening.js";
import { listenForMetrics } from "../../src/api/metrics-listening.js";
import { TocsinError } from "../../src/errors.js";
import { systemClock } from "../../src/lib/clock.js";
import { newTokenSecret, tokenHash } from "../../src/lib/token-secret.js";
import type { StoredToken } from "../../src/store/incoming.js";
import { closedPort } from "../support/tcp-target.js";

/** The worker's own listener on real sockets. */
let listening: MetricsListening | undefined;
let holder: Server | undefined;
const said: string[] = [];

afterEach(async () => {
  await listening?.close();
  holder?.close();
  listening = holder = undefined;
  said.length = 0;
});

const secret = newTokenSecret();
const token: StoredToken = {
  id: "t",
  hash: tokenHash(secret),
  name: "prometheus",
  scopes: ["read"],
  createdBy: "ada",
  createdAt: 0,
};

async function listen(
  options: Partial<MetricsListeningOptions>,
  tokens: readonly StoredToken[] = [],
): Promise<number> {
  const port = options.port ?? (await closedPort());
  listening = await listenForMetrics({
    host: "127.0.0.1",
    port,
    pages: {
      "/metrics": () => Promise.resolve({ type: "text/plain; version=0.0.4", text: "tocsin_blind 0\n" }),
    },
    works: () => true,
    store: { tokens: () => Promise.resolve(tokens), touchTokens: () => Promise.resolve() },
    clock: systemClock,
    log: (line) => void said.push(line),
    againMs: 1,
    ...options,
  });
  return port;
}

async function get(port: number, path = "/metrics", bearer?: string): Promise<readonly [number, string]> {
  const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  return [answer.status, await answer.text()];
}

describe("a worker's listener for metrics", () => {
  it("is open on its machine as long as there is no token that may read", async () => {
    expect(await get(await listen({}))).toEqual([200, "tocsin_blind 0\n"]);
    await listening?.close();
    const port = await listen({}, [token]);
    expect((await get(port))[0]).toBe(401);
    expect((await get(port, "/metrics", secret))[0]).toBe(200);
  });

  it("beyond its machine is for tokens alone, and a worker starts without any", async () => {
    const port = await listen({ host: "0.0.0.0" });
    expect((await get(port))[0]).toBe(401);
    expect((await get(port, "/healthz"))[0]).toBe(200);
  });

  it("tells anybody whether the worker works", async () => {
    let works = true;
    const port = await listen({ works: () => works }, [token]);
    expect(await get(port, "/healthz")).toEqual([200, '{"status":"ok"}']);
    works = false;
    expect(await get(port, "/healthz")).toEqual([503, '{"status":"error"}']);
  });

  it("refuses while the store cannot say which tokens there are, and is no page of good news then", async () => {
    const away = (): Promise<never> => Promise.reject(new TocsinError("STO-001", "connect ECONNREFUSED"));
    const port = await listen({ store: { tokens: away, touchTokens: away } });
    expect((await get(port))[0]).toBe(503);
    expect((await get(port, "/healthz"))[0]).toBe(200);
  });

  it("that finds its address taken lets the worker start, and comes when the address is free", async () => {
    holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as { readonly port: number };
    await listen({ port });
    expect(said).toEqual([expect.stringContaining("there are no metrics")]);
    holder.close();
    await once(holder, "close");
    while (said.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(said[1]).toContain("now");
    expect((await get(port))[0]).toBe(200);
  });
});
