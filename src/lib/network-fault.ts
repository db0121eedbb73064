/**
 * What a failed connection means: in a person's words, and whose fault it is. A target that refuses, resets or does not exist is
 * the target's; a full descriptor table, a missing route or a silent DNS server is ours, and says nothing about the target.
 */

import { certificateFault } from "./certificate.js";
import { EGRESS_REFUSED, TLS_SETTINGS, type ConnectionTrace } from "./connection.js";
import { openFileLimit } from "./file-limit.js";

export interface NetworkFault {
  /** Stable word for code to look at: Node's, OpenSSL's or ours. */
  readonly code: string;
  /** What happened, without the subject: "refused the connection (127.0.0.1:8000)". */
  readonly message: string;
  readonly fault: "target" | "ours";
}

interface Place {
  /** The name or address that was asked for. */
  readonly host: string;
  readonly trace: ConnectionTrace;
  /** Epoch milliseconds, for the age of certificates. */
  readonly nowMs: number;
}

const OURS: Readonly<Record<string, string>> = {
  EAI_AGAIN: "the DNS server gave no answer",
  EAI_FAIL: "the DNS server refused to answer",
  EAI_MEMORY: "this machine is out of memory",
  ENETUNREACH: "this machine has no route to it",
  ENETDOWN: "this machine's network is down",
  EADDRNOTAVAIL: "this machine has no free local port or address",
  EACCES: "this machine's firewall forbids the connection",
  EPERM: "this machine's firewall forbids the connection",
  ENOBUFS: "this machine is out of network buffers",
  ENOMEM: "this machine is out of memory",
};

const TARGETS: Readonly<Record<string, string>> = {
  ENOTFOUND: "host name does not exist",
  ECONNREFUSED: "refused the connection",
  EHOSTUNREACH: "cannot be reached, no route to the host",
  EHOSTDOWN: "host is down",
  ETIMEDOUT: "did not accept a connection",
  ECONNRESET: "reset the connection",
  EPIPE: "closed the connection",
  CLOSED: "closed the connection",
};

interface Coded {
  readonly code?: unknown;
  readonly errors?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
}

function codeOf(error: Error): string {
  const { code } = error as Coded;
  return typeof code === "string" && code !== "" ? code : error.name;
}

/** Of several addresses tried: the failure of one that could be reached says more than the missing route to another. */
function mostTelling(error: Error): Error {
  const { errors } = error as Coded;
  const all = Array.isArray(errors) ? errors.filter((each): each is Error => each instanceof Error) : [];
  return all.find((each) => !(codeOf(each) in OURS)) ?? all[0] ?? error;
}

/** Read at the start: when descriptors have run out it cannot be read any more. */
const LIMIT = openFileLimit();

function descriptors(): string {
  return `this worker has no file descriptor left${LIMIT === undefined ? "" : ` (limit ${LIMIT.soft})`}`;
}

/** The peer wants a client certificate, or not the one it was shown. */
const CLIENT_CERTIFICATE = "CLIENT_CERTIFICATE";
const CERTIFICATE_ALERT =
  /_ALERT_((?:CERTIFICATE|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)\w*)$/;

/** What one of OpenSSL's codes says of our own certificate; undefined for any other code. TLS 1.3 tells after the handshake. */
export function clientCertificateFault(code: string): NetworkFault | undefined {
  const alert = CERTIFICATE_ALERT.exec(code)?.[1];
  if (alert === undefined) return undefined;
  const message =
    alert === "CERTIFICATE_REQUIRED"
      ? "asks for a client certificate"
      : `refuses the client certificate (${alert.toLowerCase().replaceAll("_", " ")})`;
  return { code: CLIENT_CERTIFICATE, message, fault: "target" };
}

function tlsFault(code: string, error: Error, { host, trace, nowMs }: Place): string {
  const named =
    trace.certificate === undefined ? undefined : certificateFault(code, trace.certificate, host, nowMs);
  if (named !== undefined) return named;
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG") {
    return "does not speak TLS";
  }
  if (code === "ECONNRESET" || code === "EPIPE" || code === "CLOSED") {
    return "closed the connection during the TLS handshake";
  }
  const { reason } = error as { readonly reason?: unknown };
  return `TLS handshake failed: ${typeof reason === "string" ? reason : code}`;
}

function where(code: string, { host, trace }: Place): string {
  if (trace.phase === "dns") return ` (${host})`;
  const tried = [...new Set(trace.attempts)].join(", ");
  return tried === "" || code in OURS ? ` (${tried || host})` : ` (${tried})`;
}

/** Explains the error with which a connection could not be opened. */
export function connectionFault(error: Error, place: Place): NetworkFault {
  const cause = mostTelling(error);
  const code = codeOf(cause);
  if (code === EGRESS_REFUSED) {
    return { code, message: `egress is not allowed: ${cause.message}`, fault: "ours" };
  }
  if (code === TLS_SETTINGS) {
    return { code, message: `the TLS settings cannot be used: ${cause.message}`, fault: "ours" };
  }
  if (code === "EMFILE" || code === "ENFILE") return { code, message: descriptors(), fault: "ours" };
  const ours = OURS[code];
  if (ours !== undefined) return { code, message: ours + where(code, place), fault: "ours" };
  const refused = clientCertificateFault(code);
  if (refused !== undefined) return refused;
  if (place.trace.phase === "tls") return { code, message: tlsFault(code, cause, place), fault: "target" };
  const known = TARGETS[code] ?? `could not be reached: ${code}`;
  return { code, message: known + where(code, place), fault: "target" };
}

/** Whether it says nothing about the target: a client certificate that is refused is a credential of ours, like a password. */
export function isOurs({ fault, code }: NetworkFault, showsCertificate: boolean): boolean {
  return fault === "ours" || (showsCertificate && code === CLIENT_CERTIFICATE);
}
