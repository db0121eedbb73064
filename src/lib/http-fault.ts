/** What went wrong in an HTTP exchange, in a person's words: connection faults, cut answers, answers that are not HTTP, silence. */

import type { ConnectionTrace } from "./connection.js";
import { clientCertificateFault, connectionFault, type NetworkFault } from "./network-fault.js";
import { spokenDuration, spokenSize } from "./spoken.js";

/** The step an exchange was in: name resolution, TCP, TLS, waiting for the answer, reading its body. */
export type ExchangePhase = "dns" | "connect" | "tls" | "first_byte" | "body";

/** How far an exchange had come when it ended. */
export interface Progress {
  readonly phase: ExchangePhase;
  readonly host: string;
  readonly trace: ConnectionTrace;
  /** Body bytes read. */
  readonly bytes: number;
  readonly nowMs: number;
}

export const TIMEOUT = "TIMEOUT";
export const ABORTED = "ABORTED";

/** How undici says, by name or by message, that the peer does not follow the protocol. */
const NOT_HTTP: readonly string[] = ["HTTPParserError", "bad upgrade", "bad response"];

function connected({ trace }: Progress): string {
  return trace.connectMs === undefined ? "" : ` (connected after ${spokenDuration(trace.connectMs)})`;
}

function silence(progress: Progress, limitMs: number): string {
  const limit = spokenDuration(limitMs);
  const { phase, trace, host } = progress;
  switch (phase) {
    case "dns":
      return `host name was not resolved within ${limit} (${host})`;
    case "connect":
      return `did not accept a connection within ${limit} (${trace.attempts.at(-1) ?? host})`;
    case "tls":
      return `did not finish the TLS handshake within ${limit}${connected(progress)}`;
    case "first_byte":
      return `did not answer within ${limit}${connected(progress)}`;
    case "body":
      return `did not finish its answer within ${limit} (${spokenSize(progress.bytes)} came)`;
  }
}

/** The time limit passed. A resolver that hangs says nothing about the target. */
export function timeoutFault(progress: Progress, limitMs: number): NetworkFault {
  const fault = progress.phase === "dns" ? "ours" : "target";
  return { code: TIMEOUT, message: silence(progress, limitMs), fault };
}

/** Whoever asked gave up before the time limit. */
export function abortFault(progress: Progress): NetworkFault {
  const afterMs = performance.now() - progress.trace.startedAt;
  return { code: ABORTED, message: `was stopped after ${spokenDuration(afterMs)}`, fault: "ours" };
}

function cutShort(code: string, { phase, bytes }: Progress): string {
  if (phase === "body") return `cut its answer short after ${spokenSize(bytes)}`;
  return code === "ECONNRESET"
    ? "reset the connection before answering"
    : "closed the connection without answering";
}

function answerFault(reported: Error, progress: Progress): NetworkFault {
  const error: Error & { readonly code?: unknown } = progress.trace.error ?? reported;
  const code = typeof error.code === "string" ? error.code : error.name;
  const target = (message: string): NetworkFault => ({ code, message, fault: "target" });
  if (NOT_HTTP.includes(error.name) || NOT_HTTP.includes(error.message)) {
    return target("answered something that is not HTTP/1.1");
  }
  const refused = clientCertificateFault(code);
  if (refused !== undefined) return refused;
  if (code.startsWith("ERR_SSL_")) return target(`TLS failed: ${error.message.split(":").at(-2) ?? code}`);
  switch (code) {
    case "UND_ERR_HEADERS_OVERFLOW":
      return target("sent larger headers than any client accepts");
    case "ETIMEDOUT":
      return target("stopped acknowledging what was sent");
    default:
      return target(cutShort(code, progress));
  }
}

/** Explains the error with which an exchange ended. */
export function exchangeFault(error: Error, progress: Progress): NetworkFault {
  const { code } = error as { readonly code?: unknown };
  if (code === "UND_ERR_INVALID_ARG") {
    return { code, message: `the request cannot be sent: ${error.message}`, fault: "ours" };
  }
  return progress.phase === "first_byte" || progress.phase === "body"
    ? answerFault(error, progress)
    : connectionFault(error, progress);
}
