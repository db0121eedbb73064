/** The `webhook` notifier: CloudEvents bodies with Standard Webhooks headers, for any receiver of one's own. */

import { z } from "zod";

import type { AttemptResult } from "../domain/message.js";
import { SECRET_PATTERN, secretValue } from "../lib/spec-values.js";
import { webhookHeaders, webhookKey } from "../lib/standard-webhooks.js";
import { cloudEvent, MAX_BODY_BYTES } from "./cloud-event.js";
import { postAttempt } from "./http-attempt.js";
import {
  addressValue,
  allowPrivateValue,
  headersValue,
  resolved,
  resolvedAddress,
  resolvedHeaders,
  shownAddress,
  timeoutValue,
  Unusable,
  withSettings,
} from "./http-settings.js";
import type { Notifier, SendContext } from "./notifier.js";

const reference = secretValue();

const schema = z.strictObject({
  url: addressValue().describe(
    "Where to post: an address, or a reference to one when the address itself is a secret",
  ),
  secret: z
    .union([reference.transform((one) => [one]), z.array(reference).min(1).max(4)])
    .default([])
    .describe(
      "Signing secret, `whsec_…` or any other text; a list signs with each while a secret is being replaced",
    ),
  headers: headersValue,
  allow_private: allowPrivateValue,
  timeout: timeoutValue,
});

export type WebhookSpec = z.output<typeof schema>;

/** One signed event, ready to post any number of times. */
export interface WebhookEvent {
  readonly id: string;
  readonly body: string;
}

async function keys(spec: WebhookSpec, context: SendContext): Promise<readonly Buffer[]> {
  const secrets = spec.secret.map(async (ref) => {
    const secret = await resolved("secret", ref, context);
    try {
      return webhookKey(secret);
    } catch (error) {
      throw new Unusable(`secret: ${ref}: ${error instanceof RangeError ? error.message : "unusable"}`);
    }
  });
  return Promise.all(secrets);
}

function send(event: WebhookEvent, spec: WebhookSpec, context: SendContext): Promise<AttemptResult> {
  return withSettings(async () => {
    const url = await resolvedAddress("url", spec.url, context);
    const own = await resolvedHeaders(spec.headers, context);
    const content = { ...event, timestampS: Math.floor(context.clock.now() / 1000) };
    const signed = webhookHeaders(content, await keys(spec, context));
    const post = {
      url,
      secretUrl: SECRET_PATTERN.test(spec.url),
      headers: { ...own, "content-type": "application/cloudevents+json", ...signed },
      body: event.body,
      timeoutMs: spec.timeout,
    };
    return postAttempt(post, context);
  });
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
  target: (spec) => shownAddress(spec.url),
  example: ["type: webhook", "url: https://hooks.example/tocsin", "secret: env:HOOK_SECRET", ""].join("\n"),
});
