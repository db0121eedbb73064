/** The `webhook` notifier: CloudEvents bodies with Standard Webhooks headers, for any receiver of one's own. */

import { z } from "zod";

import type { AttemptResult } from "../domain/message.js";
import { TocsinError } from "../errors.js";
import { durationValue, SECRET_PATTERN, secretValue } from "../lib/spec-values.js";
import { webhookHeaders, webhookKey } from "../lib/standard-webhooks.js";
import { cloudEvent, MAX_BODY_BYTES } from "./cloud-event.js";
import { postAttempt } from "./http-attempt.js";
import type { Notifier, SendContext } from "./notifier.js";

/** One second less than an attempt may take, so that an unanswered one is known to be ambiguous. */
const MAX_TIMEOUT_MS = 14_000;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const OWN_HEADERS =
  /^(?:content-(?:type|length)|webhook-.*|host|connection|transfer-encoding|expect|upgrade)$/i;

const reference = secretValue();

/** User name and password would end up in places that are not kept secret; they belong into a header. */
function isHttpUrl(text: string): boolean {
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === "" && password === "";
}

const schema = z.strictObject({
  url: z
    .string()
    .refine(
      (text) => SECRET_PATTERN.test(text) || isHttpUrl(text),
      "expected an http or https address without user name and password, env:NAME or file:PATH",
    )
    .describe("Where to post: an address, or a reference to one when the address itself is a secret"),
  secret: z
    .union([reference.transform((one) => [one]), z.array(reference).min(1).max(4)])
    .default([])
    .describe(
      "Signing secret, `whsec_…` or any other text; a list signs with each while a secret is being replaced",
    ),
  headers: z
    .record(
      z
        .string()
        .regex(HEADER_NAME, "expected a header name")
        .refine((name) => !OWN_HEADERS.test(name), "Tocsin sets this header itself"),
      z.string(),
    )
    .default({})
    .describe("Further request headers; a value `env:NAME` or `file:PATH` is resolved when it is sent"),
  allow_private: z.boolean().default(false).describe("Allow a private or loopback address"),
  timeout: durationValue({ min: 1_000, max: MAX_TIMEOUT_MS })
    .prefault("10s")
    .describe("How long to wait for the answer, from 1s to 14s"),
});

export type WebhookSpec = z.output<typeof schema>;

/** One signed event, ready to post any number of times. */
export interface WebhookEvent {
  readonly id: string;
  readonly body: string;
}

class Unusable extends Error {}

async function resolve(name: string, ref: string, context: SendContext): Promise<string> {
  try {
    return (await context.secrets(ref)).reveal();
  } catch (error) {
    throw new Unusable(`${name}: ${error instanceof TocsinError ? error.message : `${ref} cannot be read`}`);
  }
}

async function keys(spec: WebhookSpec, context: SendContext): Promise<readonly Buffer[]> {
  const secrets = spec.secret.map(async (ref) => {
    const secret = await resolve("secret", ref, context);
    try {
      return webhookKey(secret);
    } catch (error) {
      throw new Unusable(`secret: ${ref}: ${error instanceof RangeError ? error.message : "unusable"}`);
    }
  });
  return Promise.all(secrets);
}

async function headers(spec: WebhookSpec, context: SendContext): Promise<Record<string, string>> {
  const pairs = Object.entries(spec.headers).map(async ([name, given]) => {
    const value = SECRET_PATTERN.test(given) ? await resolve(`header ${name}`, given, context) : given;
    if (!HEADER_VALUE.test(value)) throw new Unusable(`header ${name}: the value cannot be sent in a header`);
    return [name, value] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}

async function address(spec: WebhookSpec, context: SendContext): Promise<URL> {
  if (!SECRET_PATTERN.test(spec.url)) return new URL(spec.url);
  const url = await resolve("url", spec.url, context);
  if (!isHttpUrl(url)) {
    throw new Unusable(`url: ${spec.url} holds no http or https address without user name and password`);
  }
  return new URL(url);
}

async function send(event: WebhookEvent, spec: WebhookSpec, context: SendContext): Promise<AttemptResult> {
  try {
    const url = await address(spec, context);
    const own = await headers(spec, context);
    const content = { ...event, timestampS: Math.floor(context.clock.now() / 1000) };
    const signed = webhookHeaders(content, await keys(spec, context));
    const post = {
      url,
      secretUrl: SECRET_PATTERN.test(spec.url),
      headers: { ...own, "content-type": "application/cloudevents+json", ...signed },
      body: event.body,
      timeoutMs: spec.timeout,
    };
    return await postAttempt(post, context);
  } catch (error) {
    if (error instanceof Unusable) return { result: "rejected", reason: error.message };
    throw error;
  }
}

function target(spec: WebhookSpec): string {
  if (SECRET_PATTERN.test(spec.url)) return spec.url;
  const { origin, pathname } = new URL(spec.url);
  return `${origin}${pathname}`;
}

/** Signs and posts a CloudEvents 1.0 event; the receiver drops what it has seen by `webhook-id`. */
export const webhook = Object.freeze<Notifier<WebhookSpec, WebhookEvent>>({
  type: "webhook",
  summary: "Posts a signed CloudEvents event to an address of yours",
  schema,
  limits: { textLength: MAX_BODY_BYTES },
  supports: { end: true, key: true },
  render: (message) => ({ id: message.key, body: cloudEvent(message) }),
  send,
  target,
  example: ["type: webhook", "url: https://hooks.example/tocsin", "secret: env:HOOK_SECRET", ""].join("\n"),
});
