/**
 * Opens one TCP or TLS connection and says where the time went. The only door to the network for probes and notifiers: every
 * address is put before the egress guard after resolution, so a name cannot lead anywhere its address may not.
 */

import { connect as connectTcp, isIP, type LookupFunction, type Socket } from "node:net";
import {
  checkServerIdentity,
  connect as connectTls,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import type { X509Certificate } from "node:crypto";

import type { EgressGuard } from "./egress.js";
import { lookupHost } from "./host-lookup.js";
import { secureContext, type TlsSettings } from "./tls-context.js";

export type ConnectionPhase = "dns" | "connect" | "tls";

/** What is known of a connection so far; filled in while it is opened, milliseconds. A step not reached is absent. */
export interface ConnectionTrace {
  phase: ConnectionPhase;
  readonly startedAt: number;
  dnsMs?: number;
  connectMs?: number;
  tlsMs?: number;
  /** `address:port` of every attempt, the last one being the one that succeeded. */
  attempts: string[];
  certificate?: X509Certificate;
  /** The first error of the socket, also once it was open: it says more than what is made of it later. */
  error?: Error;
}

export interface ConnectionOptions {
  /** A name or an IP literal, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Present for TLS; empty for TLS with the system's defaults. */
  readonly tls?: TlsSettings;
  /** Protocols offered inside TLS. */
  readonly alpn?: readonly string[];
  /** What both sides say in the clear before TLS begins, as PostgreSQL and mail do; a rejection is the connection's. Only with `tls`. */
  readonly beforeTls?: (socket: Socket) => Promise<void>;
  readonly egress: EgressGuard;
}

type Done = (error: Error | null, socket: Socket) => void;

/** Codes of failures that Node has no word for. */
export const EGRESS_REFUSED = "EGRESS_REFUSED";
export const TLS_SETTINGS = "TLS_SETTINGS";

export function startTrace(): ConnectionTrace {
  return { phase: "connect", startedAt: performance.now(), attempts: [] };
}

/** `[::1]:80`, `127.0.0.1:80`. */
function joinHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function coded(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}

function guardedLookup(egress: EgressGuard, trace: ConnectionTrace): LookupFunction {
  return (host, _options, callback) => {
    trace.phase = "dns";
    lookupHost(host, (error, found) => {
      trace.dnsMs = performance.now() - trace.startedAt;
      if (error !== null) {
        callback(error, []);
        return;
      }
      trace.phase = "connect";
      const reasons = found.map(({ address }) => egress.refuse(address, host));
      const allowed = found.filter((_, index) => reasons[index] === undefined);
      if (allowed.length > 0) {
        callback(null, allowed);
        return;
      }
      callback(coded(EGRESS_REFUSED, reasons.find((reason) => reason !== undefined) ?? host), []);
    });
  };
}

/** TLS on a connection of its own, or on one that is open and has agreed to it. */
function openTls(
  { host, tls = {}, alpn }: ConnectionOptions,
  transport: { readonly port: number; readonly lookup: LookupFunction } | { readonly socket: Socket },
  trace: ConnectionTrace,
  done: Done,
): TLSSocket {
  const name = tls.serverName ?? host;
  const socket = connectTls({
    host,
    ...transport,
    secureContext: contextOf(tls),
    // The peer is judged below, so that a refused certificate can still be described.
    rejectUnauthorized: false,
    // A name that is an address is checked against the certificate, but may not be sent.
    servername: isIP(name) === 0 ? name : "",
    checkServerIdentity: (_host: string, certificate: PeerCertificate) =>
      checkServerIdentity(name, certificate),
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
  });
  socket.once("secureConnect", () => {
    trace.tlsMs = performance.now() - trace.startedAt - (trace.dnsMs ?? 0) - (trace.connectMs ?? 0);
    const certificate = socket.getPeerX509Certificate();
    if (certificate !== undefined) trace.certificate = certificate;
    if (socket.authorized || tls.insecure === true) {
      done(null, socket);
      return;
    }
    done(coded(String(socket.authorizationError), "the certificate is not trusted"), socket);
  });
  return socket;
}

function contextOf(tls: TlsSettings): SecureContext {
  try {
    return secureContext(tls);
  } catch (error) {
    throw coded(TLS_SETTINGS, error instanceof Error ? error.message : String(error));
  }
}

/** The clear beginning of a connection that goes on in TLS; whatever fails or is destroyed takes the other half along. */
function startTls(options: ConnectionOptions, plain: Socket, trace: ConnectionTrace, done: Done): void {
  trace.phase = "tls";
  const agreed = options.beforeTls?.(plain) ?? Promise.resolve();
  agreed
    .then(() => {
      const secured = openTls(options, { socket: plain }, trace, done);
      secured.on("error", (error: Error) => {
        trace.error ??= error;
        done(error, plain);
      });
      plain.once("close", () => secured.destroy());
    })
    .catch((error: unknown) => done(error instanceof Error ? error : new Error(String(error)), plain));
}

/**
 * Starts a connection and returns its socket, which the caller destroys to give up. `done` is called once: with the socket when
 * it is ready to be written to (for TLS: when its peer is trusted), else with what went wrong, the socket being destroyed.
 * `trace` is kept up to date meanwhile. Nothing of the caller's was sent when it fails.
 */
export function openConnection(
  options: ConnectionOptions,
  trace: ConnectionTrace,
  whenDone: (error: Error | null, socket: Socket | null) => void,
): Socket | undefined {
  const { host, port, egress } = options;
  const refused = isIP(host) === 0 ? undefined : egress.refuse(host, host);
  if (refused !== undefined) {
    whenDone(coded(EGRESS_REFUSED, refused), null);
    return undefined;
  }
  let open = true;
  const done: Done = (error, socket) => {
    if (!open) return;
    open = false;
    if (error !== null) socket.destroy();
    whenDone(error, error === null ? socket : null);
  };
  const lookup = guardedLookup(egress, trace);
  let socket: Socket;
  try {
    socket =
      options.tls === undefined || options.beforeTls !== undefined
        ? connectTcp({ host, port, lookup, noDelay: true })
        : openTls(options, { port, lookup }, trace, done);
  } catch (error) {
    whenDone(error instanceof Error ? error : new Error(String(error)), null);
    return undefined;
  }
  socket.on("connectionAttempt", (address: string) => trace.attempts.push(joinHostPort(address, port)));
  socket.once("connect", () => {
    trace.connectMs = performance.now() - trace.startedAt - (trace.dnsMs ?? 0);
    if (options.tls === undefined) done(null, socket);
    else if (options.beforeTls === undefined) trace.phase = "tls";
    else startTls(options, socket, trace, done);
  });
  socket.on("error", (error) => {
    trace.error ??= error;
    done(error, socket);
  });
  socket.once("close", () => {
    if (open) done(coded("CLOSED", "closed"), socket);
  });
  return socket;
}
