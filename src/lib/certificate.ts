/** What a certificate says, and what is wrong with it in a person's words. */

import type { X509Certificate } from "node:crypto";

import { spokenDuration } from "./spoken.js";

const DAY_MS = 86_400_000;

/** Node's word for a certificate that is for somebody else. */
export const ALTERNATIVE_NAME_INVALID = "ERR_TLS_CERT_ALTNAME_INVALID";

/** `CN=a, O=b` of an X509Certificate's multi-line name; the common name alone where there is one. */
function shortName(name: string): string {
  const lines = name.split("\n");
  const common = lines.find((line) => line.startsWith("CN="));
  return common?.slice("CN=".length) ?? lines.join(", ");
}

/** Days until it ends, one decimal, negative once it has. */
export function certificateDaysLeft(certificate: X509Certificate, nowMs: number): number {
  return Math.floor(((Date.parse(certificate.validTo) - nowMs) / DAY_MS) * 10) / 10;
}

/** The host names and addresses it is for; the common name when it lists none. */
export function certificateNames(certificate: X509Certificate): readonly string[] {
  const listed = certificate.subjectAltName
    ?.split(", ")
    .map((name) => name.replace(/^(DNS|IP Address):/, ""));
  return listed ?? [shortName(certificate.subject)];
}

/** Who signed it: the common name alone where there is one. */
export function certificateIssuer(certificate: X509Certificate): string {
  return shortName(certificate.issuer);
}

function expired(certificate: X509Certificate, nowMs: number): string {
  const sinceMs = nowMs - Date.parse(certificate.validTo);
  // Node names the chain's fault, which need not be the leaf's.
  return sinceMs > 0
    ? `certificate expired ${spokenDuration(sinceMs)} ago`
    : "a certificate in the chain has expired";
}

/** Names shown of a certificate that is for somebody else. */
const SHOWN_NAMES = 3;

function otherNames(certificate: X509Certificate, host: string): string {
  const names = certificateNames(certificate);
  const shown = names.slice(0, SHOWN_NAMES).join(", ");
  return `certificate is for ${shown}${names.length > SHOWN_NAMES ? ", …" : ""}, not for ${host}`;
}

/**
 * The sentence for one of Node's verification codes (`CERT_HAS_EXPIRED`, `ERR_TLS_CERT_ALTNAME_INVALID`…), or undefined for a
 * code that is no verdict on a certificate. `host` is the name that was expected.
 */
export function certificateFault(
  code: string,
  certificate: X509Certificate,
  host: string,
  nowMs: number,
): string | undefined {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return expired(certificate, nowMs);
    case "CERT_NOT_YET_VALID":
      return `certificate is not valid before ${new Date(certificate.validFrom).toISOString()}`;
    case ALTERNATIVE_NAME_INVALID:
      return otherNames(certificate, host);
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return "certificate is self-signed";
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return `certificate leads to an authority that is not trusted here (issuer ${certificateIssuer(certificate)})`;
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return `certificate's issuer ${certificateIssuer(certificate)} is neither trusted here nor sent along (incomplete chain?)`;
    case "CERT_REVOKED":
      return "certificate was revoked";
    default:
      return undefined;
  }
}
