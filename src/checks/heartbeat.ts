/** Waits for the pings of a job: one that is silent for too long, fails, or runs without end is bad. */

import { Cron } from "croner";
import { z } from "zod";

import type { Heartbeat } from "../domain/heartbeat.js";
import { heardMs } from "../domain/heartbeat.js";
import type { Reading } from "../domain/reading.js";
import { printDuration } from "../lib/duration.js";
import { durationValue } from "../lib/spec-values.js";
import { spokenDuration } from "../lib/spoken.js";
import { oneLine, truncateBytes, visible } from "../lib/text.js";
import { untilStopped } from "../lib/until-stopped.js";
import type { CheckType, FieldDeclaration, ProbeContext } from "./check-type.js";

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** How far clocks may be apart. */
const EARLY_MS = 30 * SECOND_MS;
const MAX_EVIDENCE_BYTES = 1_000;
const MAX_REASON_BYTES = 300;
/** A receiver notes every few seconds that it is there. */
const RECEIVER_SILENT_MS = 30 * SECOND_MS;

const schema = z
  .strictObject({
    every: durationValue({ min: SECOND_MS, max: 400 * DAY_MS })
      .optional()
      .describe("How often the job ends; either this or `cron`"),
    cron: z
      .string()
      .refine(
        (line) => nextRun(line, undefined, 0) !== undefined,
        "expected a cron line of five fields that comes at all",
      )
      .optional()
      .describe("When the job runs, as in a crontab; either this or `every`"),
    timezone: z
      .string()
      .refine(isTimezone, "expected a time zone such as Europe/Berlin")
      .default("UTC")
      .describe("Where the clock hangs that `cron` goes by"),
    grace: durationValue({ max: 30 * DAY_MS })
      .prefault("5m")
      .describe("How late a ping may be; with `cron` the time the job itself takes counts, too"),
    max_run: durationValue({ min: SECOND_MS, max: 30 * DAY_MS })
      .optional()
      .describe("How long a run may take that told its start; without it only a late end is bad"),
  })
  .refine(
    ({ every, cron }) => (every === undefined) !== (cron === undefined),
    "give either `every` or `cron`",
  );

export type HeartbeatSpec = z.output<typeof schema>;

const fields: Readonly<Record<string, FieldDeclaration>> = {
  age_s: {
    type: "number",
    unit: "s",
    description: "Since the job ended last, counting only time in which a receiver was there to hear it",
  },
  duration_ms: {
    type: "number",
    unit: "ms",
    description: "How long the last run took, when it told its start",
  },
  exit_code: { type: "number", description: "What the last run ended with, when it told" },
};

/** After that instant; undefined for a line that is none, or whose time never comes. */
function nextRun(line: string, timezone: string | undefined, after: number): number | undefined {
  try {
    const cron = new Cron(line, { mode: "5-part", ...(timezone === undefined ? {} : { timezone }) });
    return cron.nextRun(new Date(after))?.getTime();
  } catch {
    // How a line that is none is told from one.
    return undefined;
  }
}

function isTimezone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    // How a zone that is none is told from one.
    return false;
  }
}

/** A job whose clock is a little ahead pings before its time, and means that time. */
function dueByCron(line: string, timezone: string, from: number): number {
  const next = nextRun(line, timezone, from);
  const after = next === undefined ? undefined : nextRun(line, timezone, next);
  if (next === undefined || after === undefined) return next ?? Infinity;
  return next - from <= Math.min(EARLY_MS, (after - next) / 4) ? after : next;
}

/** How much of its time has passed, by the wall and by what a receiver could hear. */
interface Wait {
  /** Beyond what is allowed; negative while there is time. */
  readonly heardLateMs: number;
  readonly wallLateMs: number;
}

/** From the last end, or from when somebody first looked: a check that was configured anew gets its time once. */
function waitOf({ every, cron, timezone, grace }: HeartbeatSpec, beat: Heartbeat): Wait {
  const { now, since, lastEnd, receiverUp } = beat;
  const from = Math.max(since, lastEnd?.at ?? since);
  const due = cron === undefined ? from : dueByCron(cron, timezone, from);
  const allowedMs = (every ?? 0) + grace;
  return {
    heardLateMs: heardMs(receiverUp, { from: due, to: now }) - allowedMs,
    wallLateMs: now - due - allowedMs,
  };
}

function fieldsOf({ now, lastEnd, receiverUp }: Heartbeat): Reading["fields"] {
  if (lastEnd === undefined) return {};
  const { at, durationMs, exitCode } = lastEnd;
  return {
    age_s: Math.round(heardMs(receiverUp, { from: at, to: now }) / SECOND_MS),
    ...(durationMs === undefined ? {} : { duration_ms: durationMs }),
    ...(exitCode === undefined ? {} : { exit_code: exitCode }),
  };
}

/** What is wrong with what the job itself said; undefined when nothing is. */
function saidBad(
  { max_run: maxRun }: HeartbeatSpec,
  { now, lastEnd, startedAt, receiverUp }: Heartbeat,
): string | undefined {
  // Its end cannot be heard while no receiver is there.
  const ranMs = startedAt === undefined ? 0 : heardMs(receiverUp, { from: startedAt, to: now });
  if (maxRun !== undefined && ranMs > maxRun) {
    return `runs for ${spokenDuration(ranMs)}, may run for ${printDuration(maxRun)}`;
  }
  if (lastEnd?.kind !== "fail") return undefined;
  const how = lastEnd.exitCode === undefined ? "failed" : `failed with exit code ${lastEnd.exitCode}`;
  const words = oneLine((lastEnd.body ?? "").trim().split("\n").at(-1) ?? "");
  return truncateBytes(
    `${how} ${spokenDuration(now - lastEnd.at)} ago${words === "" ? "" : `: ${words}`}`,
    MAX_REASON_BYTES,
  );
}

function silence({ now, since, lastEnd, startedAt }: Heartbeat): string {
  const running =
    startedAt === undefined ? "" : `; a run began ${spokenDuration(now - startedAt)} ago and did not end`;
  if (lastEnd === undefined) return `never heard of in ${spokenDuration(now - since)}${running}`;
  return `not heard of for ${spokenDuration(now - lastEnd.at)}${running}`;
}

/** Pure but for the time zones of this machine. */
export function judgeHeartbeat(spec: HeartbeatSpec, beat: Heartbeat): Reading {
  const { now, lastEnd, receiverUp } = beat;
  const seen = fieldsOf(beat);
  const body = lastEnd?.body;
  const evidence = body === undefined ? {} : { evidence: truncateBytes(visible(body), MAX_EVIDENCE_BYTES) };
  const said = saidBad(spec, beat);
  if (said !== undefined) return { outcome: "bad", reason: said, fields: seen, ...evidence };
  const { heardLateMs, wallLateMs } = waitOf(spec, beat);
  const unheardMs = wallLateMs - heardLateMs;
  if (heardLateMs > 0) {
    const away =
      unheardMs < RECEIVER_SILENT_MS
        ? ""
        : ` (${spokenDuration(unheardMs)} more without a receiver are not counted)`;
    return { outcome: "bad", reason: `${silence(beat)}${away}`, fields: seen, ...evidence };
  }
  const lastHeard = receiverUp.at(-1)?.to;
  const isDeaf = lastHeard === undefined || now - lastHeard > RECEIVER_SILENT_MS;
  if (wallLateMs > 0 && isDeaf) {
    const reason = `no receiver is there to hear a ping: is \`tocsin serve\` running? Last heard of ${lastEnd === undefined ? "never" : `${spokenDuration(now - lastEnd.at)} ago`}`;
    return { outcome: "unknown", reason, fields: seen };
  }
  if (lastEnd === undefined)
    return { outcome: "unknown", reason: "not heard of yet; there is still time", fields: {} };
  return { outcome: "good", fields: seen };
}

async function probe(
  spec: HeartbeatSpec,
  { signal, incoming, check }: ProbeContext,
): Promise<readonly Reading[]> {
  const asked = await untilStopped(signal, () => incoming.heartbeat(check));
  if (asked === undefined)
    return [{ outcome: "unknown", reason: "stopped before the pings were read", fields: {} }];
  if (!asked.ok)
    return [{ outcome: "unknown", reason: `pings cannot be read: ${oneLine(asked.reason)}`, fields: {} }];
  return [judgeHeartbeat(spec, asked.value)];
}

/** The `heartbeat` check type. */
export const heartbeat: CheckType<HeartbeatSpec> = Object.freeze({
  type: "heartbeat",
  summary: "Waits for the pings of a job; silence, failure and a run without end are bad.",
  schema,
  claims: ["every"] as const,
  defaults: { everyMs: 15_000, timeoutMs: 5_000 },
  fields,
  rules: () => [],
  target: ({ every, cron, timezone, grace }: HeartbeatSpec) =>
    `a ping ${every === undefined ? `by ${cron ?? ""} ${timezone}` : `every ${printDuration(every)}`}, ${printDuration(grace)} late at most`,
  probe,
  example: `type: heartbeat
cron: "0 3 * * *"
timezone: Europe/Berlin
grace: 45m
`,
});
