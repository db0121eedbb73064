/** Signing and verifying by the Standard Webhooks scheme, version v1: HMAC-SHA256 over `id.timestamp.body`, in base64. */

import { createHmac, timingSafeEqual } from "node:crypto";

const PREFIX = "whsec_";
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
/** How far a timestamp may lie from the verifier's clock, seconds, on either side. */
export const TOLERANCE_S = 300;

/** A signing key: `whsec_` and base64, or any other text taken as its bytes. Throws `RangeError`, without the text, on one that cannot be used. */
export function webhookKey(secret: string): Buffer {
  if (!secret.startsWith(PREFIX)) {
    if (secret === "") throw new RangeError("the secret is empty");
    return Buffer.from(secret);
  }
  const encoded = secret.slice(PREFIX.length);
  if (encoded === "" || !BASE64.test(encoded)) throw new RangeError("what follows whsec_ is not base64");
  return Buffer.from(encoded, "base64");
}

function signature(key: Buffer, id: string, timestampS: number, body: string): string {
  return `v1,${createHmac("sha256", key).update(`${id}.${timestampS}.${body}`).digest("base64")}`;
}

/** What is signed: `id` names the message and is the same over every attempt, `timestampS` is the attempt's epoch second. */
export interface SignedContent {
  readonly id: string;
  readonly timestampS: number;
  readonly body: string;
}

/** The headers of one attempt. Several keys (a rotation) give several signatures, separated by spaces; no key gives none. */
export function webhookHeaders(
  { id, timestampS, body }: SignedContent,
  keys: readonly Buffer[],
): Readonly<Record<string, string>> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestampS),
    ...(keys.length === 0
      ? {}
      : { "webhook-signature": keys.map((key) => signature(key, id, timestampS, body)).join(" ") }),
  };
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Why a delivery is not to be believed, or undefined when one of its signatures was made with one of `keys` and its timestamp
 * lies within {@link TOLERANCE_S} of `nowS`. Header names are lower case; comparison takes the same time whatever differs.
 */
export function webhookProblem(
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
  keys: readonly Buffer[],
  nowS: number,
): string | undefined {
  const { "webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": signatures } = headers;
  if (!id) return "no webhook-id";
  if (!stamp || !/^\d{1,12}$/.test(stamp)) return "no webhook-timestamp in seconds";
  const timestampS = Number(stamp);
  if (Math.abs(nowS - timestampS) > TOLERANCE_S) return "webhook-timestamp is more than 5 minutes off";
  if (!signatures) return "no webhook-signature";
  const given = signatures.split(" ");
  const believed = keys
    .map((key) => signature(key, id, timestampS, body))
    .flatMap((expected) => given.map((each) => sameText(each, expected)))
    .some((same) => same);
  return believed ? undefined : "no signature of ours";
}
