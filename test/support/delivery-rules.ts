/** What a strict receiver of webhooks asks of a delivery: CloudEvents 1.0 in structured mode, with Standard Webhooks headers. */

import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

import { Webhook } from "standardwebhooks";

/** The parts of a CloudEvents event that a sink looks at. */
export interface ReceivedEvent {
  readonly specversion: string;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly time?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One header's value; empty when it is absent. */
export function header(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : "";
}

/** The event in a body; undefined when it is no JSON object. */
export function parseEvent(body: string): ReceivedEvent | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as ReceivedEvent) : undefined;
  } catch {
    return undefined;
  }
}

function signatureProblem(headers: IncomingHttpHeaders, body: string, secret: string | undefined) {
  if (secret === undefined) return undefined;
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return undefined;
  } catch (error) {
    return `signature: ${String(error)}`;
  }
}

function attributeProblem(event: ReceivedEvent): string | undefined {
  const required = ["id", "source", "type"] as const;
  const missing = required.filter((name) => typeof event[name] !== "string" || event[name] === "");
  if (missing.length > 0) return `CloudEvents attributes missing: ${missing.join(", ")}`;
  if (event.specversion !== "1.0") return "specversion is not 1.0";
  const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
  return event.time === undefined || rfc3339.test(event.time) ? undefined : "time is not RFC 3339";
}

/** The first thing wrong with a delivery, or undefined. With a secret (`whsec_…`) the signature is checked by the scheme's own package. */
export function problemOf(
  request: IncomingMessage,
  body: string,
  secret: string | undefined,
): string | undefined {
  const { method, headers } = request;
  if (method !== "POST") return `method ${String(method)}`;
  const contentType = header(headers, "content-type").split(";")[0];
  if (contentType !== "application/cloudevents+json") return `content-type ${String(contentType)}`;
  if (headers["content-length"] === undefined) return "no content-length";
  const event = parseEvent(body);
  if (event === undefined) return "the body is no JSON object";
  if (header(headers, "webhook-id") !== event.id) return "webhook-id is not the event's id";
  const offS = Math.abs(Date.now() / 1000 - Number(header(headers, "webhook-timestamp") || Number.NaN));
  if (!(offS <= 300)) return "webhook-timestamp is missing or more than 5 minutes off";
  return attributeProblem(event) ?? signatureProblem(headers, body, secret);
}
