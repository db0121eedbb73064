/** How much of anything one client, or all of them, can take: time, bytes, connections, wrong tokens. */

import type { Server } from "node:http";
import type { Socket } from "node:net";

import rateLimit from "@fastify/rate-limit";
import type { FastifyHttpOptions, FastifyInstance, FastifyRequest } from "fastify";
import ipaddr from "ipaddr.js";

import { TocsinError } from "../errors.js";

/** What a request with a body may send unless its route says less or more. */
const MAX_BODY_BYTES = 64 * 1024;

const LIMITS = {
  /** From the first byte to the end of the headers, and to the end of the body. */
  headersMs: 5_000,
  requestMs: 10_000,
  /** Without a byte in either direction. */
  silentMs: 20_000,
  keepAliveMs: 5_000,
  headerBytes: 16 * 1024,
  connections: 2_000,
  connectionsOfOne: 500,
  failuresAMinute: 30,
} as const;

/** How long one client may take; tests make it shorter. */
export interface Patience {
  readonly headersMs: number;
  readonly requestMs: number;
}

/** Options of the HTTP server: Node itself ends a client that drips. */
export function serverLimits({ headersMs, requestMs }: Patience = LIMITS): FastifyHttpOptions<Server> {
  return {
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: requestMs,
    connectionTimeout: LIMITS.silentMs,
    keepAliveTimeout: LIMITS.keepAliveMs,
    forceCloseConnections: true,
    http: {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      // How late a client is found that drips: Node looks every 30 s unless told.
      connectionsCheckingInterval: Math.min(1_000, headersMs / 4),
      maxHeaderSize: LIMITS.headerBytes,
    },
  };
}

/** Connections beyond the limits are closed before a byte of theirs is read. */
export function limitConnections(server: Server): void {
  server.maxConnections = LIMITS.connections;
  server.maxHeadersCount = 100;
  const open = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const client = networkOf(socket.remoteAddress ?? "");
    const count = (open.get(client) ?? 0) + 1;
    open.set(client, count);
    socket.once("close", () => {
      const left = (open.get(client) ?? 1) - 1;
      if (left === 0) open.delete(client);
      else open.set(client, left);
    });
    if (count > LIMITS.connectionsOfOne) socket.destroy();
  });
}

/** Counts wrong tokens; the answer rejects with API-006 once a client has sent too many. Right ones are never held up. */
export async function limitFailures(
  api: FastifyInstance,
): Promise<(request: FastifyRequest) => Promise<void>> {
  await api.register(rateLimit, { global: false });
  const count = api.createRateLimit({
    max: LIMITS.failuresAMinute,
    timeWindow: 60_000,
    keyGenerator: ({ ip }) => networkOf(ip),
  });
  return async (request) => {
    const result = await count(request);
    if (!result.isAllowed && result.isExceeded)
      throw new TocsinError("API-006", "too many wrong tokens from this address");
  };
}

/** Whoever has one IPv6 address has 2^64 of them: they count as one. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return `${parsed.toByteArray().slice(0, 8).join(".")}/64`;
}
