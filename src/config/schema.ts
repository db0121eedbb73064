/**
 * The shape of the configuration, piece by piece: what a file may say and in which form. Pieces hold one another as plain values,
 * so that one that is wrong hides nothing of the others; what is on top of zod (names, references, limits) is reviewed afterwards.
 */

import { z } from "zod";

import { SEVERITIES } from "../domain/severity.js";
import { jsonPathValue } from "../lib/json-path-value.js";
import { durationValue } from "../lib/spec-values.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

const text = (max: number): z.ZodString => z.string().min(1).max(max);
const section = z.record(z.string(), z.unknown());

const every = durationValue({ min: SECOND, max: DAY });
const timeout = durationValue({ min: 10, max: 5 * MINUTE });
const labels = z.record(
  z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,62}$/, "expected a label name: letters, digits and `_`"),
  z.string().max(256),
);

/** Timings of rules; `defaults` knows them too. */
const timings = {
  for: durationValue({ max: 7 * DAY })
    .optional()
    .describe("How long it must be bad before it fires (default 1m)"),
  recover_for: durationValue({ max: DAY })
    .optional()
    .describe("How long it must be good to be over (default 60s)"),
  recover_after: z.int().min(1).max(100).optional().describe("Good readings needed to be over (default 2)"),
  min_bad: z.int().min(1).max(100).optional().describe("Bad readings needed to fire (default 2)"),
  unknown_for: durationValue({ min: SECOND, max: 7 * DAY })
    .optional()
    .describe("How long nothing may be known before that is told (default 5m)"),
};

export const defaultsSchema = z.strictObject({
  every: every.optional().describe("How often checks are made (default: the check type's)"),
  timeout: timeout.optional().describe("How long a probe may take (default: the check type's)"),
  ...timings,
});

const hold = z
  .string("expected a duration or until_ack")
  .transform((value, context): number | "until_ack" => {
    if (value === "until_ack") return value;
    const parsed = durationValue({ min: SECOND, max: 7 * DAY }).safeParse(value);
    if (parsed.success) return parsed.data;
    context.issues.push({
      code: "custom",
      message: "expected a duration such as 15m, or until_ack",
      input: value,
    });
    return z.NEVER;
  });

export const ruleSchema = z.strictObject({
  when: text(2_000).optional().describe("Expression over the reading's fields (default: the reading is bad)"),
  ...timings,
  hold: hold.optional().describe("Makes it an event: fires at once and stays this long, or `until_ack`"),
  severity: z
    .enum(SEVERITIES)
    .describe("critical: page now; warning: a human must act, in hours; info: only shown"),
  summary: text(300).optional().describe("One line of what is wrong; knows `{{ names }}`"),
  action: text(1_000).optional().describe("What whoever is told must do; needed unless severity is info"),
  runbook: z
    .string()
    .regex(/^https?:\/\/\S+$/, "expected an http or https address")
    .optional()
    .describe("Address of the page that says more"),
  labels: labels.optional().describe("Labels of its alerts, beside those of the check"),
});

const each = z.strictObject({
  path: jsonPathValue().describe("The array or map in the answer"),
  subject: jsonPathValue()
    .optional()
    .describe("The subject's name within an item (default: its key or index)"),
  fields: z.record(z.string(), jsonPathValue()).default({}).describe("Field name to path within an item"),
});

/** Keys that every check has beside `type` and the type's own. */
export const commonCheckSchema = z.strictObject({
  enabled: z.boolean().default(true).describe("false: not probed; still validated"),
  every: every.optional().describe("How often it is probed"),
  timeout: timeout.optional().describe("How long a probe may take; at most `every`"),
  from: z.string().optional().describe("Location whose workers probe it"),
  labels: labels.default({}).describe("Labels of its alerts"),
  subjects: z
    .array(text(200))
    .max(100)
    .default([])
    .describe("Subjects that must be reported; absence is bad"),
  fields: z.record(z.string(), jsonPathValue()).default({}).describe("Field name to JSON path in the answer"),
  each: each.optional().describe("Makes a subject of every item of an array or map in the answer"),
  assert: z.array(text(2_000)).max(50).default([]).describe("Expressions that must be true of a good answer"),
  alerts: section.default({}).describe("Rules by name"),
});

export const serviceSchema = z.strictObject({
  owner: text(200)
    .optional()
    .describe("Who is responsible; needed for critical alerts here or on the system"),
  policy: z.string().optional().describe("Who is told, when; default: the system's"),
  checks: section.default({}).describe("Checks by name"),
});

export const systemSchema = z.strictObject({
  owner: text(200).optional().describe("Who is responsible for its services unless they say otherwise"),
  policy: z.string().optional().describe("Who is told, when; default: `default`"),
  services: section.default({}).describe("Services by name"),
});

export const fileSchema = z.strictObject({
  tocsin: z.literal(1).describe("Format version"),
  include: z
    .union([z.string().min(1), z.array(z.string().min(1))])
    .optional()
    .describe("Further files, relative to this one; `*` and `?` are patterns"),
  defaults: z.unknown().optional().describe("What checks and rules take when they do not say"),
  notifiers: section.default({}).describe("Channels by name"),
  policies: section.default({}).describe("Who is told, when, by name"),
  systems: section.default({}).describe("What is watched: systems by name"),
  schedules: z.unknown().optional(),
  egress: z.unknown().optional(),
  retention: z.unknown().optional(),
});
