/** A TCP proxy that spoils what passes through it, in the seven ways networks do. */

import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

export type Fault =
  /** Everything passes, later. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Every chunk is later by another amount, up to `ms`; order is kept. */
  | { readonly kind: "jitter"; readonly ms: number }
  /** The answer ends after so many bytes. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** The connection is reset as soon as either side says something. */
  | { readonly kind: "reset" }
  /** Connections are accepted and nothing ever comes back. */
  | { readonly kind: "blackhole" }
  /** The answer trickles. */
  | { readonly kind: "throttle"; readonly bytesPerSecond: number }
  /** The answer is noise. */
  | { readonly kind: "garbage" }
  | { readonly kind: "none" };

export interface FaultProxy {
  readonly port: number;
  /** Takes effect for connections from now on. */
  readonly set: (fault: Fault) => void;
  readonly open: () => number;
  readonly accepted: () => number;
  /** Resolves once no client is connected. */
  readonly drained: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const GARBAGE = Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 167 + 13) % 256));
const THROTTLE_STEP_MS = 20;

/** Hands `chunks` of the answer on as the fault wants them; ends when the client is gone. */
async function spoil(fault: Fault, chunk: Buffer, client: Socket, passed: number): Promise<void> {
  switch (fault.kind) {
    case "delay":
      await wait(fault.ms);
      break;
    case "jitter":
      await wait(((chunk.length * 31) % 10) * (fault.ms / 10));
      break;
    case "cut":
      client.write(chunk.subarray(0, Math.max(0, fault.afterBytes - passed)));
      if (passed + chunk.length >= fault.afterBytes) client.end();
      return;
    case "throttle": {
      const step = Math.max(1, Math.round((fault.bytesPerSecond * THROTTLE_STEP_MS) / 1000));
      for (let at = 0; at < chunk.length && !client.destroyed; at += step) {
        client.write(chunk.subarray(at, at + step));
        await wait(THROTTLE_STEP_MS);
      }
      return;
    }
    case "reset":
      client.resetAndDestroy();
      return;
    case "garbage":
      client.end(GARBAGE);
      return;
    case "blackhole":
      return;
    case "none":
      break;
  }
  if (!client.destroyed) client.write(chunk);
}

function relay(fault: Fault, client: Socket, upstream: Socket): void {
  let passed = 0;
  let turn = Promise.resolve();
  client.on("data", (chunk) => {
    if (fault.kind === "reset") client.resetAndDestroy();
    else if (fault.kind === "garbage") client.end(GARBAGE);
    else if (fault.kind !== "blackhole") upstream.write(chunk);
  });
  upstream.on("data", (chunk: Buffer) => {
    const before = passed;
    passed += chunk.length;
    turn = turn.then(() => spoil(fault, chunk, client, before));
  });
  upstream.once("end", () => {
    if (fault.kind !== "blackhole") turn = turn.then(() => void client.end());
  });
  upstream.on("error", () => client.destroy());
  client.on("error", () => upstream.destroy());
  client.once("close", () => upstream.destroy());
}

/** Stands before `port` of 127.0.0.1 on a port of its own; passes everything on until told otherwise. */
export async function startFaultProxy(port: number): Promise<FaultProxy> {
  let fault: Fault = { kind: "none" };
  let accepted = 0;
  const clients = new Set<Socket>();
  const waiting: (() => void)[] = [];
  const server = createServer((client) => {
    accepted += 1;
    clients.add(client);
    client.once("close", () => {
      clients.delete(client);
      if (clients.size === 0) for (const wake of waiting.splice(0)) wake();
    });
    relay(fault, client, connect(port, "127.0.0.1"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    set: (next) => {
      fault = next;
    },
    open: () => clients.size,
    accepted: () => accepted,
    drained: () => (clients.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close: async () => {
      for (const client of clients) client.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
