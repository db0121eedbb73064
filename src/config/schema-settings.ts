/** The shape of what is set once for an installation: store, Temporal, listener, schedules, egress, retention. */

import { z } from "zod";

import { egressRule } from "../lib/egress-rules.js";
import { durationValue, SECRET_PATTERN, secretValue } from "../lib/spec-values.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const text = (max: number): z.ZodString => z.string().min(1).max(max);

const connection = z
  .string()
  .refine(
    (value) => SECRET_PATTERN.test(value) || /^postgres(?:ql)?:\/\/(?:[^:@/]*@)?[^@]+$/.test(value),
    "expected env:NAME or file:PATH, or a postgresql:// address without a password",
  );

export const storeSchema = z
  .strictObject({
    url: connection.optional().describe("PostgreSQL connection"),
    dir: text(1_000).optional().describe("Folder for the PostgreSQL that `tocsin up` runs"),
  })
  .refine(({ url, dir }) => url === undefined || dir === undefined, "give either `url` or `dir`");

export const temporalSchema = z.strictObject({
  address: z
    .string()
    .regex(/^[^\s/]+:\d+$/, "expected host:port")
    .optional(),
  namespace: text(200).optional(),
  prefix: z
    .string()
    .regex(/^[a-z0-9-]{0,40}$/, "expected lower case letters, digits and `-`")
    .default("")
    .describe("Before the task queues' names, for several installations in one namespace"),
  tls: z
    .union([
      z.boolean(),
      z.strictObject({
        ca: secretValue().optional(),
        cert: secretValue().optional(),
        key: secretValue().optional(),
        server_name: z.string().optional(),
      }),
    ])
    .default(false),
});

export const apiSchema = z.strictObject({
  listen: z
    .string()
    .regex(
      /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]):\d{1,5}$/,
      "expected a loopback address such as 127.0.0.1:8080",
    )
    .optional()
    .describe("Where the listener listens: this machine only; `tocsin serve --listen` takes any address"),
});

const cron = z
  .string()
  .regex(/^(?:[\d*/,A-Za-z-]+ ){4}[\d*/,A-Za-z-]+$/, "expected a cron line of five fields");
const timezone = z.string().refine((zone) => isTimezone(zone), "expected a time zone such as Europe/Berlin");
const schedule = z.union([
  z.literal("off"),
  z
    .strictObject({
      every: durationValue({ min: MINUTE, max: 7 * DAY }).optional(),
      cron: cron.optional(),
      timezone: timezone.optional(),
    })
    .refine(
      (value) => (value.every === undefined) !== (value.cron === undefined),
      "give either `every` or `cron`",
    ),
]);

export const schedulesSchema = z.strictObject({
  doctor: schedule.optional().describe("Self-check (default: every 5m)"),
  housekeeping: schedule.optional().describe("Partitions, rollups, retention (default: every 1h)"),
});

const network = z
  .string()
  .refine(isEgressRule, "expected a host name, `*.` and a domain, an address, or a block such as 10.0.0.0/8");

export const egressSchema = z.strictObject({
  allow: z.array(network).max(1_000).default([]).describe("Reachable although denied by default"),
  deny: z.array(network).max(1_000).default([]).describe("Never reached"),
});

export const retentionSchema = z
  .strictObject({
    raw: durationValue({ min: HOUR }).prefault("48h").describe("Single readings"),
    five_minutes: durationValue({ min: DAY }).prefault("30d").describe("Rollups of five minutes"),
    hourly: durationValue({ min: DAY }).prefault("400d").describe("Rollups of an hour"),
  })
  .refine(
    ({ raw, five_minutes: fiveMinutes, hourly }) => raw <= fiveMinutes && fiveMinutes <= hourly,
    "what is coarser is kept at least as long: raw, then five_minutes, then hourly",
  );

function isTimezone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function isEgressRule(text: string): boolean {
  try {
    return egressRule(text).text !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
