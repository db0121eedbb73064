/** What is asked of the HTTP client and what comes back, as data. */

import type { X509Certificate } from "node:crypto";

import type { EgressGuard } from "./egress.js";
import type { ExchangePhase } from "./exchange-fault.js";
import type { TlsSettings } from "./tls-context.js";

/** Bytes of a body that are kept unless told otherwise. */
export const DEFAULT_MAX_BODY_BYTES = 64 * 1024;

export interface HttpRequest {
  /** `http:` or `https:`; user and password in it are not sent. */
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
  readonly timeoutMs: number;
  readonly egress: EgressGuard;
  readonly tls?: TlsSettings;
  /** Reading stops here, and the connection is closed. */
  readonly maxBodyBytes?: number;
  /** Uses an idle connection to the same origin when there is one, and leaves one behind. */
  readonly keepAlive?: boolean;
  /** Epoch milliseconds, for the age of certificates. */
  readonly now?: () => number;
}

/** Milliseconds; a phase that was not reached, or not needed (an address needs no DNS), is absent. */
export interface HttpPhases {
  readonly dns?: number;
  readonly connect?: number;
  readonly tls?: number;
  /** From the request's last byte to the answer's first. */
  readonly firstByte?: number;
  readonly total: number;
}

export interface HttpAnswer {
  readonly ok: true;
  readonly status: number;
  /** Lower-case names; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The body's length as declared, else as read. */
  readonly sizeBytes: number;
  /** The body was longer than `maxBodyBytes`, and the rest was not read. */
  readonly truncated: boolean;
  readonly phases: HttpPhases;
  readonly peerCertificate?: X509Certificate;
  /** `127.0.0.1:8000` */
  readonly remoteAddress?: string;
}

export interface HttpFailure {
  readonly ok: false;
  readonly phase: ExchangePhase;
  /** `TIMEOUT`, `ABORTED`, `EGRESS_REFUSED`, else Node's, OpenSSL's or undici's word. */
  readonly code: string;
  /** A person's words without the subject, no secret: "refused the connection (127.0.0.1:8000)". */
  readonly message: string;
  /** `ours`: it says nothing about the target. */
  readonly fault: "target" | "ours";
  /** False: not a byte of the request was written. True: some were, so it may have arrived and had its effect. */
  readonly sent: boolean;
  readonly phases: HttpPhases;
  readonly peerCertificate?: X509Certificate;
}

export type HttpResult = HttpAnswer | HttpFailure;
