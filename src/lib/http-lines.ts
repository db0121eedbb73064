/** Connections for HTTP exchanges: a new one for each by default, idle ones kept by origin, trust and egress class on request. */

import type { Socket } from "node:net";

import { Client } from "undici";

import { openConnection, type ConnectionTrace } from "./connection.js";
import type { EgressGuard } from "./egress.js";
import type { TlsSettings } from "./tls-context.js";

/** One client with at most one connection, used by one exchange at a time. */
export interface Line {
  readonly client: Client;
  /** Whether an earlier exchange used it: the peer may have closed it without our having heard. */
  used: boolean;
  /** Where the exchange that has the line wants the connection's steps noted. */
  trace: ConnectionTrace;
  /** The connection as soon as it is being opened; destroying it gives up at any step. */
  socket: Socket | undefined;
}

export interface LineOptions {
  readonly url: URL;
  readonly egress: EgressGuard;
  readonly tls?: TlsSettings;
}

/** Idle connections longer unused than this are closed; a peer that names a shorter time is obeyed. */
const IDLE_MS = 120_000;
const MAX_IDLE_LINES = 64;

const idle = new WeakMap<EgressGuard, Map<string, Line[]>>();

/** `[::1]` to `::1`. */
export function bareHost(url: URL): string {
  return url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
}

function portOf(url: URL): number {
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

/** A line of its own, to be thrown away or given back with {@link keepLine}. */
export function newLine({ url, egress, tls }: LineOptions, trace: ConnectionTrace): Line {
  const client = new Client(url.origin, {
    keepAliveTimeout: IDLE_MS,
    // Time limits are the exchange's: one for all of it.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (_options, callback) => {
      line.socket = openConnection(
        {
          host: bareHost(url),
          port: portOf(url),
          egress,
          ...(url.protocol === "https:" ? { tls: tls ?? {}, alpn: ["http/1.1"] } : {}),
        },
        line.trace,
        (error, socket) =>
          socket === null ? callback(error ?? new Error("closed"), null) : callback(null, socket),
      );
    },
  });
  const line: Line = { client, used: false, trace, socket: undefined };
  return line;
}

function keyOf({ url, tls }: LineOptions): string {
  return url.origin + (tls === undefined ? "" : JSON.stringify(tls));
}

/** An idle line for these options, or undefined. */
export function takeLine(options: LineOptions, trace: ConnectionTrace): Line | undefined {
  const line = idle.get(options.egress)?.get(keyOf(options))?.pop();
  if (line === undefined) return undefined;
  line.client.removeAllListeners("disconnect");
  line.used = true;
  trace.attempts.push(...line.trace.attempts.slice(-1));
  if (line.trace.certificate !== undefined) trace.certificate = line.trace.certificate;
  line.trace = trace;
  return line;
}

/** Keeps a line whose exchange is over and whose connection is still open. */
export function keepLine(options: LineOptions, line: Line): void {
  const byKey = idle.get(options.egress) ?? new Map<string, Line[]>();
  idle.set(options.egress, byKey);
  const key = keyOf(options);
  const lines = byKey.get(key) ?? [];
  byKey.set(key, lines);
  if (lines.length >= MAX_IDLE_LINES || line.socket?.destroyed !== false) {
    dropLine(line);
    return;
  }
  lines.push(line);
  line.client.once("disconnect", () => {
    lines.splice(lines.indexOf(line), 1);
    if (lines.length === 0) byKey.delete(key);
    dropLine(line);
  });
}

/**
 * Closes a line at whatever step it is: its client hears of it from the socket. Done after what is due now, so that many exchanges
 * that end in the same moment are all told before any of them is cleaned up.
 */
export function dropLine(line: Line): void {
  const { socket } = line;
  if (socket !== undefined && !socket.destroyed) setImmediate(() => socket.destroy());
}
