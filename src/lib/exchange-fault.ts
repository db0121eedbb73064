/** What went wrong in a conversation with a target whatever its protocol: silence, being stopped, an answer that is cut short. */

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

/**
 * A caller's deadline counts from before the exchange began: an abort after this share of the time limit is that deadline, an
 * earlier one is a caller that gave up.
 */
const DEADLINE_SHARE = 0.75;

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
function timeoutFault(progress: Progress, limitMs: number): NetworkFault {
  const fault = progress.phase === "dns" ? "ours" : "target";
  return { code: TIMEOUT, message: silence(progress, limitMs), fault };
}

/** Whoever asked gave up before the time limit. */
function abortFault(progress: Progress): NetworkFault {
  const afterMs = performance.now() - progress.trace.startedAt;
  return { code: ABORTED, message: `was stopped after ${spokenDuration(afterMs)}`, fault: "ours" };
}

/** An exchange ended from outside: its own timer rang, or its caller's signal was `aborted`. */
export function interruptFault(aborted: boolean, progress: Progress, limitMs: number): NetworkFault {
  const elapsedMs = performance.now() - progress.trace.startedAt;
  const gaveUp = aborted && elapsedMs < limitMs * DEADLINE_SHARE;
  return gaveUp ? abortFault(progress) : timeoutFault(progress, limitMs);
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
  const refused = clientCertificateFault(code);
  if (refused !== undefined) return refused;
  if (code.startsWith("ERR_SSL_")) return target(`TLS failed: ${error.message.split(":").at(-2) ?? code}`);
  if (code === "ETIMEDOUT") return target("stopped acknowledging what was sent");
  return target(cutShort(code, progress));
}

/** Explains the error with which a connection could not be opened, or ended before the answer was whole. */
export function exchangeFault(error: Error, progress: Progress): NetworkFault {
  return progress.phase === "first_byte" || progress.phase === "body"
    ? answerFault(error, progress)
    : connectionFault(error, progress);
}
