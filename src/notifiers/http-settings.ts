/** What notifiers that speak HTTP have in common in their configuration: addresses, headers, secrets, and how they are read when a message is sent. */

import { z } from "zod";

import type { AttemptResult } from "../domain/message.js";
import { TocsinError } from "../errors.js";
import { durationValue, SECRET_PATTERN } from "../lib/spec-values.js";
import type { SendContext } from "./notifier.js";

/** One second less than an attempt may take, so that an unanswered one is known to be ambiguous. */
const MAX_TIMEOUT_MS = 14_000;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const OWN_HEADERS =
  /^(?:content-(?:type|length)|webhook-.*|host|connection|transfer-encoding|expect|upgrade)$/i;
const BEARER = /^[\x21-\x7e]+$/;

/** User name and password would end up in places that are not kept secret; they belong into a header. */
function isHttpUrl(text: string): boolean {
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === "" && password === "";
}

/** An address, or a reference to one. */
export function addressValue(): z.ZodType<string, string> {
  return z
    .string()
    .refine(
      (text) => SECRET_PATTERN.test(text) || isHttpUrl(text),
      "expected an http or https address without user name and password, env:NAME or file:PATH",
    );
}

export const headersValue = z
  .record(
    z
      .string()
      .regex(HEADER_NAME, "expected a header name")
      .refine((name) => !OWN_HEADERS.test(name), "Tocsin sets this header itself"),
    z.string(),
  )
  .default({})
  .describe("Further request headers; a value `env:NAME` or `file:PATH` is resolved when it is sent");

export const allowPrivateValue = z.boolean().default(false).describe("Allow a private or loopback address");

export const timeoutValue = durationValue({ min: 1_000, max: MAX_TIMEOUT_MS })
  .prefault("10s")
  .describe("How long to wait for the answer, from 1s to 14s");

/** The configuration cannot be used as it is: trying again will not help. */
export class Unusable extends Error {}

/** What a reference leads to. Rejects with {@link Unusable}, which names the reference and never the value. */
export async function resolved(name: string, ref: string, context: SendContext): Promise<string> {
  try {
    return (await context.secrets(ref)).reveal();
  } catch (error) {
    throw new Unusable(`${name}: ${error instanceof TocsinError ? error.message : `${ref} cannot be read`}`);
  }
}

export async function resolvedHeaders(
  given: Readonly<Record<string, string>>,
  context: SendContext,
): Promise<Record<string, string>> {
  const pairs = Object.entries(given).map(async ([name, text]) => {
    const value = SECRET_PATTERN.test(text) ? await resolved(`header ${name}`, text, context) : text;
    if (!HEADER_VALUE.test(value)) throw new Unusable(`header ${name}: the value cannot be sent in a header`);
    return [name, value] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}

/** `Bearer …` for a header. */
export async function bearer(name: string, ref: string, context: SendContext): Promise<string> {
  const token = await resolved(name, ref, context);
  if (!BEARER.test(token)) throw new Unusable(`${name}: what ${ref} holds cannot be sent in a header`);
  return `Bearer ${token}`;
}

export async function resolvedAddress(name: string, text: string, context: SendContext): Promise<URL> {
  if (!SECRET_PATTERN.test(text)) return new URL(text);
  const url = await resolved(name, text, context);
  if (!isHttpUrl(url)) {
    throw new Unusable(`${name}: ${text} holds no http or https address without user name and password`);
  }
  return new URL(url);
}

/** An address as it may be shown: a reference as it is, else without its query. */
export function shownAddress(text: string): string {
  if (SECRET_PATTERN.test(text)) return text;
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`;
}

/** An attempt that is rejected when its settings cannot be used. */
export async function withSettings(attempt: () => Promise<AttemptResult>): Promise<AttemptResult> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof Unusable) return { result: "rejected", reason: error.message };
    throw error;
  }
}
