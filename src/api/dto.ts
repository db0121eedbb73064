/** The JSON of what is read: the same that the command line's `--json` prints. Times are epoch milliseconds. */

import { z } from "zod";

import { SEVERITIES } from "../domain/severity.js";
import { time } from "./envelope.js";

const severity = z.enum(SEVERITIES);
const facts = z.record(z.string(), z.unknown());
/** What is there for who knows it, and may change: the state of a running workflow. */
const live = z.looseObject({});

export const alertRow = z.object({
  alert: z.string().describe("`<system>/<service>/<check>/<rule>[/<subject>]`"),
  state: z.string().describe("Base state and overlays: `firing`, `pending, paused`, `unknown`"),
  severity: severity.optional(),
  since: time.optional(),
  deadline: time.optional().describe("When it fires or resolves unless readings say otherwise"),
  episode: z.number().optional(),
  reason: z.string(),
  paused: z
    .object({ by: z.string(), until: time, reason: z.string().optional() })
    .optional()
    .describe("It is not probed because somebody said so"),
  source: z.enum(["live", "store"]),
});

const pause = z.object({
  scope: z.string().describe("`<system>[/<service>[/<check>]]`"),
  by: z.string(),
  at: time,
  until: time,
  reason: z.string().optional(),
});
const acknowledged = z.object({ by: z.string(), until: time.optional() });
const incidentPause = z.object({ by: z.string(), until: time, reason: z.string().optional() });
const next = z.object({ at: time, notify: z.array(z.string()).readonly() });

export const pauses = z.array(pause).readonly().describe("What is not probed because somebody said so");

export const status = z.object({
  blind: z
    .array(z.object({ system: z.string(), since: time.optional(), reason: z.string() }))
    .readonly()
    .describe("Where Tocsin does not see; read it first"),
  deadLetters: z
    .number()
    .optional()
    .describe("Messages that were given up and wait for somebody; absent while the store is away"),
  systems: z
    .array(
      z.object({
        monitor: z.string(),
        state: z.string(),
        firing: z.number(),
        pending: z.number(),
        unknown: z.number(),
        paused: z.number(),
        checks: z.number(),
        sweptAt: time.optional(),
        revision: z.string().optional(),
      }),
    )
    .readonly(),
  incidents: z
    .array(
      z.object({
        service: z.string(),
        incident: z.string().optional(),
        state: z.string(),
        severity: severity.optional(),
        alerts: z.number().optional(),
        openedAt: time,
        acknowledged: acknowledged.optional(),
        paused: incidentPause.optional(),
        next: next.optional(),
      }),
    )
    .readonly()
    .describe("The open ones"),
  pauses,
});

/** How it stands. */
export const incidentNow = z.object({
  state: z.string().describe("`open`, `acknowledged`, `paused`, `ended`, `closed`"),
  severity: severity.optional(),
  openedAt: time,
  endedAt: time.optional(),
  acknowledged: acknowledged.optional(),
  paused: incidentPause.optional(),
  next: next.optional().describe("Who hears of it next, unless somebody acknowledges it"),
});

export const incidentRow = incidentNow.extend({
  incident: z.string().describe("`<system>/<service>@<UTC opening time>`"),
  service: z.string(),
  closedAt: time.optional(),
  lastEvent: z.string().optional(),
  lastEventAt: time.optional(),
  live: z.literal(true).optional().describe("Its workflow has said so"),
});

export const timelineLine = z.object({
  at: time,
  kind: z.string(),
  text: z.string(),
  by: z.string().optional(),
});

const transition = z.object({
  workflowId: z.string(),
  seq: z.number(),
  alert: z.string(),
  at: time,
  from: z.string(),
  to: z.string(),
  episode: z.number().optional(),
  severity,
  reason: z.string(),
  facts,
});

export const history = z.object({
  readings: z
    .array(
      z.object({
        check: z.string(),
        subject: z.string().optional(),
        at: time,
        outcome: z.enum(["good", "degraded", "bad", "unknown"]),
        latencyMs: z.number().optional(),
        fields: z.record(z.string(), z.number()).optional(),
        evidence: live.optional(),
      }),
    )
    .readonly()
    .describe("Single readings, for up to six hours"),
  rollups: z
    .array(
      z.object({
        check: z.string(),
        subject: z.string().optional(),
        from: time,
        ms: z.number().describe("Length of the bucket"),
        good: z.number(),
        degraded: z.number(),
        bad: z.number(),
        unknown: z.number(),
        latencyAvgMs: z.number().optional(),
        latencyMaxMs: z.number().optional(),
      }),
    )
    .readonly()
    .describe("Buckets of five minutes or an hour, for more than six hours"),
  transitions: z.array(transition).readonly(),
});

export const why = z.object({
  lines: z
    .array(
      z.object({
        depth: z.union([z.literal(0), z.literal(1), z.literal(2)]),
        text: z.string(),
        at: time.optional(),
        tone: z.enum(["bad", "warn", "good"]).optional(),
      }),
    )
    .readonly()
    .describe("The explanation: headings (0), sentences (1), and what belongs to the sentence before (2)"),
  transitions: z.array(transition).readonly(),
  incidents: z.array(live).readonly(),
  guards: z.array(live).readonly().nullable(),
  pauses: pauses.nullable(),
});

export const deadLetter = z.object({
  key: z.string(),
  incident: z.string(),
  notifier: z.string(),
  n: z.number(),
  kind: z.string(),
  at: time,
  attempts: z.number(),
  reason: z.string(),
  state: z.enum(["dead", "retried", "discarded"]),
});

export const schedule = z.object({
  name: z.string(),
  id: z.string(),
  plan: live.optional(),
  paused: z.boolean(),
  note: z.string().optional(),
  next: time.optional(),
  last: z.object({ at: time, workflowId: z.string() }).optional(),
  running: z.boolean(),
  taken: z.number(),
  skipped: z.number(),
});

export const inboxAlert = z.object({
  check: z.string(),
  fingerprint: z.string(),
  severity,
  title: z.string(),
  message: z.string(),
  context: facts,
  count: z.number(),
  firstSeen: time,
  lastSeen: time,
  endsAt: time,
  overSince: time.optional(),
  source: z.string().optional(),
});

export const ping = z.object({
  check: z.string(),
  at: time,
  kind: z.enum(["start", "ok", "fail"]),
  exitCode: z.number().optional(),
  body: z.string().optional().describe("The end of what was sent"),
  source: z.string().optional(),
});
