/** Trust and identity of TLS connections. Reading PEM into a context costs more than a handshake, so contexts are kept by their texts. */

import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";

/** PEM texts and how strictly the peer is judged; everything absent means the system's defaults. */
export interface TlsSettings {
  /** Authorities trusted instead of the built-in ones. */
  readonly ca?: string;
  /** The client's certificate chain and key, for servers that ask for one. */
  readonly cert?: string;
  readonly key?: string;
  /** Accepts any certificate; what it says is still reported. */
  readonly insecure?: boolean;
  /** The name sent and checked instead of the address's host. */
  readonly serverName?: string;
}

/** More different trust settings than this are not kept; the oldest goes first. */
const MAX_CONTEXTS = 64;
const contexts = new Map<string, SecureContext>();

/** The context for these settings. Throws what OpenSSL says of a PEM text it cannot use. */
export function secureContext(settings: TlsSettings): SecureContext {
  const { ca, cert, key } = settings;
  const id = JSON.stringify([ca, cert, key]);
  const known = contexts.get(id);
  if (known !== undefined) return known;
  // OpenSSL passes over text in which it finds no certificate, and would then trust nobody.
  if (ca !== undefined) new X509Certificate(ca);
  const context = createSecureContext({ ca, cert, key });
  const oldest = contexts.size >= MAX_CONTEXTS ? contexts.keys().next().value : undefined;
  if (oldest !== undefined) contexts.delete(oldest);
  contexts.set(id, context);
  return context;
}
