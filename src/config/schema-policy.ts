/** The shape of a policy: who is told, in which steps, how often. */

import { z } from "zod";

import { durationValue } from "../lib/spec-values.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const names = z.array(z.string());

const step = z.strictObject({
  after: durationValue({ max: DAY })
    .optional()
    .describe("Counted from the step before (default 5m; the first: 0s)"),
  notify: names.min(1).describe("Notifiers to tell"),
});
const steps = z.array(step).min(1).max(20);

export const policySchema = z.strictObject({
  critical: steps.optional().describe("Steps for critical alerts; the next runs unless acknowledged or over"),
  warning: steps.optional().describe("Steps for warnings, once"),
  loops: z.int().min(1).max(9).default(3).describe("Times through the critical steps, then the fallback"),
  fallback: names.default([]).describe("Notifiers told once when all loops brought nothing"),
  repeat: z
    .strictObject({
      critical: durationValue({ min: 5 * MINUTE, max: 7 * DAY }).prefault("4h"),
      warning: durationValue({ min: 5 * MINUTE, max: 7 * DAY }).prefault("24h"),
    })
    .prefault({})
    .describe("How often it is said again when all steps are through"),
  ack_timeout: durationValue({ min: MINUTE, max: DAY })
    .prefault("30m")
    .describe("Critical only: after this an acknowledgement ends and it pages again"),
  group_wait: z
    .strictObject({
      critical: durationValue({ max: 10 * MINUTE }).prefault("0s"),
      warning: durationValue({ max: 10 * MINUTE }).prefault("30s"),
    })
    .prefault({})
    .describe("How long to wait for more before the first message"),
  reopen_within: durationValue({ max: DAY })
    .default(0)
    .describe("Firing again so soon continues the incident"),
});
