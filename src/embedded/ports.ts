/** Which loopback ports the servers of one state folder listen on: the same ones after every restart while they are free. */

import { createServer } from "node:net";

import { TocsinError } from "../errors.js";
import { readStateFile, writeStateFile } from "./state-file.js";

const HOST = "127.0.0.1";

export interface ChosenPorts<Name extends string> {
  readonly ports: Readonly<Record<Name, number>>;
  /** One sentence for every port that is not the one asked for, for a person to read. */
  readonly notes: readonly string[];
}

/**
 * Chooses a port for every name: the one remembered at `path`, else the wished one (0: no wish), else any free one; and remembers the choice.
 * Throws RUN-017 when the system gives none.
 */
export async function choosePorts<Name extends string>(
  path: string,
  wished: Readonly<Record<Name, number>>,
): Promise<ChosenPorts<Name>> {
  const remembered = readPorts(path);
  const ports: Record<string, number> = {};
  const notes: string[] = [];
  for (const [name, wish] of Object.entries<number>(wished)) {
    const first = remembered[name] ?? wish;
    const taken = new Set(Object.values(ports));
    const port = await firstFree([first, wish], taken);
    ports[name] = port;
    if (first !== 0 && port !== first) notes.push(`port ${first} (${name}) is taken, using ${port}`);
  }
  writeStateFile(path, `${JSON.stringify({ ...remembered, ...ports })}\n`);
  return { ports: ports satisfies Record<string, number> as Readonly<Record<Name, number>>, notes };
}

async function firstFree(candidates: readonly number[], taken: ReadonlySet<number>): Promise<number> {
  for (const candidate of candidates) {
    const port = taken.has(candidate) ? undefined : await canListen(candidate);
    if (port !== undefined) return port;
  }
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const port = await canListen(0);
    if (port !== undefined && !taken.has(port)) return port;
  }
  throw new TocsinError("RUN-017", `no free port on ${HOST}`);
}

/** The port listened on for a moment, undefined when that is not possible. */
function canListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, HOST, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : undefined));
    });
  });
}

/** Remembered ports are a convenience: a damaged memory is no memory. */
function readPorts(path: string): Readonly<Record<string, number>> {
  const kept = readStateFile(path);
  if (kept.state !== "read" || typeof kept.value !== "object" || kept.value === null) return {};
  const valid = ([, port]: readonly [string, unknown]) =>
    Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536;
  return Object.fromEntries(Object.entries(kept.value).filter(valid));
}
