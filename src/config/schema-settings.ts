/** The shape of what is set once for an installation: schedules, egress, retention. */

import { z } from "zod";

import { egressRule } from "../lib/egress-rules.js";
import { durationValue } from "../lib/spec-values.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

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
