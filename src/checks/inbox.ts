/** Shows what others posted: a subject for each thing that is wrong, good again when it is said to be over. */

import { z } from "zod";

import type { InboxAlert } from "../domain/inbox.js";
import type { RulePlan } from "../domain/plan.js";
import type { Reading } from "../domain/reading.js";
import { oneLine, truncateBytes, visible } from "../lib/text.js";
import { untilStopped } from "../lib/until-stopped.js";
import type { CheckType, FieldDeclaration, ProbeContext } from "./check-type.js";

const MAX_EVIDENCE_BYTES = 1_000;
const MAX_REASON_BYTES = 300;

const schema = z.strictObject({});

type InboxSpec = z.output<typeof schema>;

const fields: Readonly<Record<string, FieldDeclaration>> = {
  count: { type: "number", description: "Posts since it began; 0 when it is over" },
  first_seen: { type: "string", description: "When it was posted first, RFC 3339" },
  last_seen: { type: "string", description: "When it was posted last, RFC 3339" },
  severity: {
    type: "string",
    description: "`critical`, `warning` or `info` as it was posted; `none` when it is over",
  },
  title: { type: "string", description: "What is wrong, as it was posted" },
};

/** What a check has that declares no rules: who posts says how bad it is. By its outcome a rule takes what was posted as its reason. */
const RULES: readonly Partial<RulePlan>[] = (["critical", "warning"] as const).map((severity) => ({
  name: severity,
  when: `outcome == "bad" && severity == "${severity}"`,
  severity,
  forMs: 0,
  minBad: 1,
  recoverForMs: 0,
  recoverAfter: 1,
  action: "Read what was posted, and look at where it came from.",
}));

function timeText(at: number): string {
  return new Date(at).toISOString();
}

function readingOf(alert: InboxAlert): Reading {
  const { fingerprint, severity, title, message, context, count, overSince } = alert;
  const seen = {
    first_seen: timeText(alert.firstSeen),
    last_seen: timeText(alert.lastSeen),
    title: oneLine(title),
  };
  const subject = fingerprint;
  if (overSince !== undefined)
    return { outcome: "good", subject, fields: { ...seen, count: 0, severity: "none" } };
  const reason = truncateBytes(oneLine(message === "" ? title : `${title}: ${message}`), MAX_REASON_BYTES);
  const evidence = truncateBytes(visible(`${message}\n${JSON.stringify(context)}`), MAX_EVIDENCE_BYTES);
  const outcome = severity === "info" ? "good" : "bad";
  return {
    outcome,
    subject,
    fields: { ...seen, count, severity },
    ...(outcome === "good" ? {} : { reason, evidence }),
  };
}

/** Rules may ask for any field, and an inbox that is empty has an answer to all of them. */
const EMPTY: Reading = {
  outcome: "good",
  fields: { count: 0, severity: "none", title: "", first_seen: "", last_seen: "" },
};

function unknown(reason: string): readonly Reading[] {
  return [{ outcome: "unknown", reason, fields: {} }];
}

async function probe(
  _spec: InboxSpec,
  { signal, incoming, check }: ProbeContext,
): Promise<readonly Reading[]> {
  const asked = await untilStopped(signal, () => incoming.inbox(check));
  if (asked === undefined) return unknown("stopped before the inbox was read");
  if (!asked.ok) return unknown(`the inbox cannot be read: ${oneLine(asked.reason)}`);
  return asked.value.length === 0 ? [EMPTY] : asked.value.map(readingOf);
}

/** The `inbox` check type. */
export const inbox: CheckType<InboxSpec> = Object.freeze({
  type: "inbox",
  summary: "Shows the alerts that others post: a subject for each, until it is said to be over.",
  schema,
  defaults: { everyMs: 10_000, timeoutMs: 5_000 },
  fields,
  rules: () => RULES,
  target: () => "POST /api/v1/alerts",
  probe,
  example: `type: inbox
every: 10s
`,
});
