/**
 * Time lines: one story told once ("every 30s; bad from 1:00 to 3:10; for: 1m") and checked at three depths: the pure machine, the
 * sandbox, a real server. Plain data and a comparison; who drives what is the test's business.
 */

import { parseDuration } from "../../src/lib/duration.js";
import { drawLine } from "./timeline-drawing.js";
import type { Happening, LineReading, LineVerdict, Pair, Timeline } from "./timeline-shape.js";

export type { Happening, LineVerdict, Timeline };

interface Span {
  readonly verdict: LineVerdict;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A line that does not say goes on for this many readings after the last time that it names. */
const READINGS_AFTER = 10;
const VERDICTS: readonly LineVerdict[] = ["good", "bad", "degraded", "unknown", "absent"];

/**
 * Clauses, separated by semicolons: `every 30s`; `<verdict> from 1:00 to 3:10` (the end excluded; without `to`, until the end; a later
 * clause wins); `at 2:10 <act>`; `until 10:00`; `<setting>: <duration>`. Everything else is good. Times are `m:ss`, `h:mm:ss`, `m:ss.mmm`.
 */
export function parseTimeline(text: string): Timeline {
  const spans: Span[] = [];
  const acts: Happening[] = [];
  const settings: Record<string, number> = {};
  let everyMs = 30_000;
  let untilMs: number | undefined;
  for (const clause of text.split(";").map((part) => part.trim())) {
    const every = /^every (\S+)$/.exec(clause);
    const until = /^until (\S+)$/.exec(clause);
    const span = /^(\w+) from (\S+)(?: to (\S+))?$/.exec(clause);
    const act = /^at (\S+) (.+)$/.exec(clause);
    const setting = /^(\w+): (\S+)$/.exec(clause);
    if (every) everyMs = durationOf(every[1], clause);
    else if (until) untilMs = timeOf(until[1], clause);
    else if (act) acts.push({ atMs: timeOf(act[1], clause), what: act[2] ?? "" });
    else if (setting) settings[setting[1] ?? ""] = durationOf(setting[2], clause);
    else if (span) spans.push(spanOf(span, clause));
    else throw new Error(`a time line does not know "${clause}"`);
  }
  const named = [...spans.flatMap(({ fromMs, toMs }) => [fromMs, toMs]), ...acts.map(({ atMs }) => atMs)];
  const lastMs = Math.max(0, ...named.filter((ms) => ms < Infinity));
  const endMs = untilMs ?? lastMs + READINGS_AFTER * everyMs;
  acts.sort((a, b) => a.atMs - b.atMs);
  return { text, everyMs, endMs, acts, settings, readings: readingsOf(everyMs, endMs, spans) };
}

/** `[pending 1:00, told pager 2:00]`; the brackets may be left out. */
export function parseHappenings(text: string): readonly Happening[] {
  const inner = text.trim().replace(/^\[|\]$/g, "");
  if (inner.trim() === "") return [];
  return inner.split(",").map((entry) => {
    const [, what, time] = /^\s*(\S.*?)\s+(\S+)\s*$/s.exec(entry) ?? [];
    if (what === undefined) throw new Error(`"${entry}" is not "<what> <time>"`);
    return { what, atMs: timeOf(time, entry) };
  });
}

export interface Comparison {
  /** How far apart an expected and a seen time may lie; 0 where time is virtual. */
  readonly toleranceMs?: number;
}

/** Throws, with the whole line drawn, unless exactly what was expected was seen. The order within one instant does not matter. */
export function expectTimeline(
  line: Timeline,
  expected: string,
  seen: readonly Happening[],
  { toleranceMs = 0 }: Comparison = {},
): void {
  const pairs = pairUp(parseHappenings(expected), seen, toleranceMs);
  if (pairs.every((pair) => pair.expected && pair.seen)) return;
  throw new Error(`the time line went another way\n\n${drawLine(line, pairs)}`);
}

function pairUp(
  expected: readonly Happening[],
  seen: readonly Happening[],
  toleranceMs: number,
): readonly Pair[] {
  const left = [...seen];
  const pairs = expected.map((each): Pair => {
    const distance = (other: Happening): number => Math.abs(other.atMs - each.atMs);
    const [nearest] = left
      .filter((other) => other.what === each.what && distance(other) <= toleranceMs)
      .sort((a, b) => distance(a) - distance(b));
    if (!nearest) return { expected: each };
    left.splice(left.indexOf(nearest), 1);
    return { expected: each, seen: nearest };
  });
  return [...pairs, ...left.map((each): Pair => ({ seen: each }))];
}

function readingsOf(everyMs: number, endMs: number, spans: readonly Span[]): readonly LineReading[] {
  const count = Math.floor(endMs / everyMs) + 1;
  return Array.from({ length: count }, (_, index) => {
    const atMs = index * everyMs;
    const span = spans.findLast(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
    return { atMs, verdict: span?.verdict ?? "good" };
  });
}

function spanOf([, word, from, to]: RegExpExecArray, clause: string): Span {
  const verdict = VERDICTS.find((each) => each === word);
  if (!verdict) throw new Error(`"${word ?? ""}" is no verdict in "${clause}"`);
  return { verdict, fromMs: timeOf(from, clause), toMs: to === undefined ? Infinity : timeOf(to, clause) };
}

function durationOf(text: string | undefined, clause: string): number {
  const ms = parseDuration(text ?? "");
  if (ms === undefined) throw new Error(`"${text ?? ""}" is no duration in "${clause}"`);
  return ms;
}

function timeOf(text: string | undefined, clause: string): number {
  const [, hours = "0", minutes, seconds, fraction = ""] =
    /^(?:(\d+):(?=\d\d:))?(\d+):(\d\d)(?:\.(\d{1,3}))?$/.exec(text ?? "") ?? [];
  if (minutes === undefined) throw new Error(`"${text ?? ""}" is no time such as 1:30 in "${clause}"`);
  const whole = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return whole * 1000 + Number(fraction.padEnd(3, "0"));
}
