/** What an Alertmanager refuses of what is posted to `/api/v2/alerts`, by its API description and its own validation. */

import type { IncomingMessage } from "node:http";

import { header } from "./delivery-rules.js";

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

export interface ReceivedAlert {
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly generatorURL?: string;
}

function pairsProblem(pairs: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(pairs)) {
    if (!LABEL_NAME.test(name)) return `invalid label name ${name}`;
    if (typeof value !== "string" || value === "" || !value.isWellFormed()) return `invalid value of ${name}`;
  }
  return undefined;
}

function alertProblem({
  labels = {},
  annotations = {},
  startsAt,
  endsAt,
  generatorURL,
}: ReceivedAlert): string | undefined {
  if (labels.alertname === undefined) return "no alertname";
  if (startsAt === undefined || !TIME.test(startsAt)) return "startsAt";
  if (endsAt !== undefined && !TIME.test(endsAt)) return "endsAt";
  if (endsAt !== undefined && Date.parse(endsAt) < Date.parse(startsAt))
    return "start time must be before end time";
  if (generatorURL !== undefined && !URL.canParse(generatorURL)) return "generatorURL";
  return pairsProblem(labels) ?? pairsProblem(annotations);
}

export function alertmanagerProblem(request: IncomingMessage, body: string): string | undefined {
  if (request.method !== "POST") return `method ${String(request.method)}`;
  if (request.url?.endsWith("/api/v2/alerts") !== true) return `path ${String(request.url)}`;
  if (header(request.headers, "content-type") !== "application/json") return "content-type";
  const alerts = JSON.parse(body) as readonly ReceivedAlert[];
  if (!Array.isArray(alerts) || alerts.length === 0) return "no alerts";
  return alerts.map(alertProblem).find((each) => each !== undefined);
}
