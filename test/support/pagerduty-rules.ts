/** What the Events API v2 refuses, as its documentation says: a delivery that passes here is one that PagerDuty takes. */

import type { IncomingMessage } from "node:http";

import { header } from "./delivery-rules.js";

const SEVERITIES: readonly unknown[] = ["critical", "error", "warning", "info"];
const MAX_BODY_BYTES = 512 * 1024;

interface Event {
  readonly routing_key?: unknown;
  readonly event_action?: unknown;
  readonly dedup_key?: unknown;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly links?: readonly { readonly href?: unknown; readonly text?: unknown }[];
  readonly client_url?: unknown;
}

function isText(value: unknown, most: number): boolean {
  return typeof value === "string" && value !== "" && Array.from(value).length <= most;
}

function payloadProblem(payload: Event["payload"]): string | undefined {
  if (payload === undefined) return "payload is missing";
  if (!isText(payload.summary, 1024)) return "payload.summary is missing or longer than 1024 characters";
  if (!isText(payload.source, 255)) return "payload.source is missing or too long";
  if (!SEVERITIES.includes(payload.severity)) return `payload.severity ${String(payload.severity)}`;
  const { timestamp } = payload;
  return typeof timestamp === "string" && Number.isNaN(Date.parse(timestamp))
    ? "payload.timestamp"
    : undefined;
}

function isAddress(value: unknown): boolean {
  return typeof value === "string" && /^https?:\/\//.test(value) && URL.canParse(value);
}

export function pagerdutyProblem(request: IncomingMessage, body: string): string | undefined {
  if (request.method !== "POST") return `method ${String(request.method)}`;
  if (header(request.headers, "content-type") !== "application/json") return "content-type";
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) return "the event is larger than 512 KB";
  const event = JSON.parse(body) as Event;
  if (!/^[a-z0-9]{32}$/i.test(String(event.routing_key)))
    return "Length of 'routing_key' is incorrect (should be 32 characters)";
  if (event.dedup_key !== undefined && !isText(event.dedup_key, 255)) return "dedup_key";
  if (event.event_action === "acknowledge" || event.event_action === "resolve") {
    return event.dedup_key === undefined ? "dedup_key is missing" : undefined;
  }
  if (event.event_action !== "trigger") return `event_action ${String(event.event_action)}`;
  for (const link of event.links ?? []) if (!isAddress(link.href)) return `link ${String(link.href)}`;
  if (event.client_url !== undefined && !isAddress(event.client_url)) return "client_url";
  return payloadProblem(event.payload);
}
