/** The `pagerduty` notifier: Events API v2, one alert there for each round of an incident, resolved with its end. */

import { z } from "zod";

import { parseAlertId, parseServiceId, serviceOfIncident } from "../domain/ids.js";
import type { AttemptResult, Message } from "../domain/message.js";
import { SECRET_PATTERN, secretValue } from "../lib/spec-values.js";
import { oneLine, truncateBytes } from "../lib/text.js";
import { postAttempt } from "./http-attempt.js";
import {
  addressValue,
  allowPrivateValue,
  resolved,
  resolvedAddress,
  shownAddress,
  timeoutValue,
  Unusable,
  withSettings,
} from "./http-settings.js";
import type { MessageParts, Row } from "./message-parts.js";
import { hiddenAlerts, hiddenText, messageParts, whatIsBroken } from "./message-parts.js";
import type { Notifier, SendContext } from "./notifier.js";

const ROUTING_KEY = /^[A-Za-z0-9]{32}$/;
/** The API takes 1024 characters; bytes are never fewer. */
const MAX_SUMMARY_BYTES = 1024;
const MAX_SOURCE_BYTES = 255;
const MAX_ALERTS = 20;
const MAX_LINKS = 10;
const MAX_HREF_LENGTH = 2_000;
/** 20 alerts and 20 rows of 300 bytes each, as JSON writes them at worst, and the links. */
const MAX_BODY_BYTES = 64 * 1024;
/** Older rounds are left to the service's own auto-resolve: the API takes 120 events a minute. */
const MAX_ROUNDS_ENDED = 100;
const ENDED_AT_ONCE = 10;
const WORST_FIRST: readonly AttemptResult["result"][] = ["ambiguous", "retry", "rejected", "accepted"];

const schema = z.strictObject({
  routing_key: secretValue().describe("The integration key of an Events API v2 integration, 32 characters"),
  url: addressValue()
    .default("https://events.pagerduty.com/v2/enqueue")
    .describe("Where to post; `https://events.eu.pagerduty.com/v2/enqueue` for accounts in the EU"),
  allow_private: allowPrivateValue,
  timeout: timeoutValue,
});

export type PagerDutySpec = z.output<typeof schema>;

/** One call, all but its routing key. */
export interface PagerDutyEvent {
  readonly event_action: "trigger" | "acknowledge" | "resolve";
  readonly dedup_key: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly links?: readonly { readonly href: string; readonly text: string }[];
  readonly client?: string;
  readonly client_url?: string;
}

function isLink(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url) && url.length <= MAX_HREF_LENGTH;
}

function links(message: Message): readonly { readonly href: string; readonly text: string }[] {
  return Object.entries(message.links)
    .filter(([, url]) => isLink(url))
    .slice(0, MAX_LINKS)
    .map(([name, url]) => ({ href: new URL(url).href, text: truncateBytes(oneLine(name), 100) }));
}

/** Rows of one label are one detail. */
function detailsOf(rows: readonly Row[]): Record<string, string> {
  const details: Record<string, string> = {};
  for (const { label, text } of rows) {
    const before = details[label];
    details[label] = before === undefined ? text : `${before}; ${text}`;
  }
  return details;
}

/** What the app shows below the summary, in the order in which it is given. */
function customDetails({ alerts, closing }: MessageParts, message: Message): Record<string, unknown> {
  const [worst, ...others] = alerts;
  const also = others
    .slice(0, MAX_ALERTS)
    .map(({ alert, summary }) => `${alert.severity}: ${summary} (${alert.id})`);
  const hidden = hiddenAlerts(message, also.length + 1);
  const rest = hidden > 0 ? [...also, hiddenText(hidden)] : also;
  return {
    ...detailsOf(worst?.rows ?? []),
    ...(rest.length === 0 ? {} : { also: rest }),
    ...detailsOf(closing.filter(({ label }) => label !== "link")),
    incident: message.incident,
  };
}

function trigger(message: Message, dedupKey: string): PagerDutyEvent {
  const service = serviceOfIncident(message.incident);
  const [worst] = message.alerts;
  const [first] = links(message);
  return {
    event_action: "trigger",
    dedup_key: dedupKey,
    payload: {
      summary: truncateBytes(`${service}: ${whatIsBroken(message)}`, MAX_SUMMARY_BYTES),
      source: truncateBytes(service, MAX_SOURCE_BYTES),
      severity: message.severity,
      timestamp: new Date(worst?.since ?? message.decidedAt).toISOString(),
      component: parseServiceId(service).service,
      group: parseServiceId(service).system,
      ...(worst === undefined ? {} : { class: parseAlertId(worst.id).rule }),
      custom_details: customDetails(messageParts(message), message),
    },
    links: links(message),
    client: "Tocsin",
    ...(first === undefined ? {} : { client_url: first.href }),
  };
}

/**
 * What somebody has is only said to be had: a trigger could page for it, where the service has resolved its alert by itself. The end
 * resolves every round that may have been opened, newest first.
 */
function render(message: Message): readonly PagerDutyEvent[] {
  const { incident, round, kind } = message;
  const key = (each: number): string => `${incident}/p${each}`;
  if (kind === "resolved") {
    const rounds = Array.from({ length: Math.min(round, MAX_ROUNDS_ENDED) }, (_, index) => round - index);
    return rounds.map((each) => ({ event_action: "resolve", dedup_key: key(each) }));
  }
  if (message.acknowledged !== undefined) return [{ event_action: "acknowledge", dedup_key: key(round) }];
  return [trigger(message, key(round))];
}

/** What the API says is wrong, without what must not be repeated. */
function refusal(body: string, routingKey: string): string | undefined {
  try {
    const { errors } = JSON.parse(body) as { readonly errors?: unknown };
    if (!Array.isArray(errors)) return undefined;
    const texts = errors.filter((each): each is string => typeof each === "string").join("; ");
    return texts === "" || texts.includes(routingKey) ? undefined : truncateBytes(oneLine(texts), 200);
  } catch {
    return undefined;
  }
}

function send(
  events: readonly PagerDutyEvent[],
  spec: PagerDutySpec,
  context: SendContext,
): Promise<AttemptResult> {
  return withSettings(async () => {
    const routingKey = (await resolved("routing_key", spec.routing_key, context)).trim();
    if (!ROUTING_KEY.test(routingKey)) {
      throw new Unusable(
        `routing_key: ${spec.routing_key} holds no integration key of 32 letters and digits`,
      );
    }
    const url = await resolvedAddress("url", spec.url, context);
    const post = (event: PagerDutyEvent): Promise<AttemptResult> =>
      postAttempt(
        {
          url,
          secretUrl: SECRET_PATTERN.test(spec.url),
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ routing_key: routingKey, ...event }),
          timeoutMs: spec.timeout,
          judge: (status, body) => {
            const why = status === 400 ? refusal(body, routingKey) : undefined;
            return why === undefined ? undefined : { result: "rejected", reason: `HTTP 400: ${why}` };
          },
        },
        context,
      );
    const results: AttemptResult[] = [];
    for (let from = 0; from < events.length; from += ENDED_AT_ONCE) {
      results.push(...(await Promise.all(events.slice(from, from + ENDED_AT_ONCE).map(post))));
      if (results.some(({ result }) => result !== "accepted")) break;
    }
    // Each event is idempotent by its key, so all of them are sent again for one that failed.
    return results.reduce((worst, each) =>
      WORST_FIRST.indexOf(each.result) < WORST_FIRST.indexOf(worst.result) ? each : worst,
    );
  });
}

/** Triggers, acknowledges and resolves by dedup key, which makes every repeat harmless. */
export const pagerduty = Object.freeze<Notifier<PagerDutySpec, readonly PagerDutyEvent[]>>({
  type: "pagerduty",
  summary: "Opens, acknowledges and resolves an incident in PagerDuty",
  schema,
  limits: { textLength: MAX_BODY_BYTES, perMinute: 120 },
  supports: { end: true, key: true },
  render,
  send,
  target: (spec) => `${shownAddress(spec.url)} with ${spec.routing_key}`,
  example: ["type: pagerduty", "routing_key: env:PAGERDUTY_ROUTING_KEY", ""].join("\n"),
});
