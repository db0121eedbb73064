/**
 * What there is to say of what was in no trouble: that it is good, which only a reading or a sweep may say; that it is paused; or that
 * nothing is known. Pure.
 */

import { clock, clockUtc } from "../times.js";
import type { PauseRow } from "../pauses.js";
import { pauseOver } from "../pauses.js";
import type { WhyInput } from "./why-input.js";
import { incidentLines } from "./incident-lines.js";
import type { Look } from "./looks.js";
import type { Watch, WatchedCheck } from "./watch.js";
import { reaches } from "./why-incident.js";
import type { WhyLine } from "./why-line.js";
import { counted, fact, heading } from "./why-line.js";

/** Names of checks in one sentence; more are counted. */
const MAX_NAMED = 5;

/** For alerts without an edge in the time looked at, and without a guard now. */
export function quietLines(input: WhyInput): readonly WhyLine[] {
  const { target, now, from, incidents, guards, watch } = input;
  const within = incidents.filter((each) => reaches(each, from));
  const older = incidents.find((each) => !within.includes(each));
  const said =
    guards === undefined || watch === undefined
      ? { title: `${target}: nothing to explain`, lines: [storedLine(input, within.length === 0)] }
      : watchedLines(input, watch, within.length === 0);
  return [
    heading(said.title),
    ...said.lines,
    ...(older === undefined ? [] : [fact(`Before that there was incident ${older.incident}.`)]),
    ...within.flatMap((each) => incidentLines(each, now)),
  ];
}

/** Said of what is not probed, wherever it is explained. */
export function pausedLine({ scope, by, at, until, reason }: PauseRow, it: string, now: number): WhyLine {
  const whose = it.startsWith(`${scope}/`) || it === scope ? "It" : scope;
  const why = reason === undefined ? "" : ` (${reason})`;
  const span = `by ${by} since ${clock(at, now)}, until ${clock(until, now)}${why}`;
  return fact(`${whose} has been paused ${span}: not probed, not judged, its clocks stand still.`, "warn");
}

function watchedLines(
  input: WhyInput,
  { checks, pauses }: Watch,
  untold: boolean,
): { readonly title: string; readonly lines: readonly WhyLine[] } {
  const { target, now } = input;
  const paused = checks.filter(({ check }) => pauseOver(pauses, check) !== undefined);
  const probed = checks.filter((each) => !paused.includes(each));
  const unseen = probed.filter((each) => !isSeen(each, input));
  const good = probed.filter((each) => !unseen.includes(each));
  const over = [...new Set(paused.flatMap(({ check }) => pauseOver(pauses, check) ?? []))];
  const past = paused.length === checks.length ? pastLine(input, paused, untold) : [];
  return {
    title: titleOf(target, { paused, unseen, good }, input),
    lines: [
      ...over.map((pause) => pausedLine(pause, target, now)),
      ...past,
      ...unseenLine(unseen, checks.length),
      ...(good.length === 0 ? [] : [goodLine(input, good, checks.length, untold)]),
    ],
  };
}

/** A lane that was swept says nothing of a check that has just been added to it: the store must have a reading, when it can be asked. */
function isSeen({ check, sweptAt }: WatchedCheck, { looks }: WhyInput): boolean {
  if (sweptAt === undefined) return false;
  const look = looks?.find((each) => each.check === check);
  return look === undefined || look.last !== undefined;
}

type Sorted = Readonly<Record<"paused" | "unseen" | "good", readonly WatchedCheck[]>>;

function titleOf(target: string, { paused, unseen, good }: Sorted, input: WhyInput): string {
  if (good.length === 0) {
    return unseen.length === 0 ? `${target} is paused` : `${target}: nothing is known yet`;
  }
  if (badOf(looksOf(input, good)) > 0) return `${target}: nothing to explain`;
  const isWhole = paused.length + unseen.length === 0;
  return isWhole ? `${target} is good` : `${target} is good, as far as it is seen`;
}

function unseenLine(unseen: readonly WatchedCheck[], all: number): readonly WhyLine[] {
  if (unseen.length === 0) return [];
  const what = unseen.length === all ? "it" : named(unseen);
  return [fact(`Nothing is known of ${what} yet: no reading has come back.`, "warn")];
}

function named(checks: readonly WatchedCheck[]): string {
  const names = checks.slice(0, MAX_NAMED).map(({ check }) => check);
  const more = checks.length - names.length;
  return more === 0 ? names.join(", ") : `${names.join(", ")} and ${more} more`;
}

function goodLine(input: WhyInput, good: readonly WatchedCheck[], all: number, untold: boolean): WhyLine {
  const { now } = input;
  const looks = looksOf(input, good);
  const who = good.length < all ? `${named(good)} is` : all === 1 ? "It is" : "All of its checks are";
  const last = Math.min(...looks.flatMap(({ last: newest }) => newest?.at ?? []));
  if (!Number.isFinite(last)) {
    const swept = Math.min(...good.flatMap(({ sweptAt }) => sweptAt ?? []));
    const past = input.looks === undefined ? " What was before is not known without the store." : "";
    return fact(`${who} good now, by the sweep that came back at ${clock(swept, now)}.${past}`, "good");
  }
  const by = looks.length === 1 ? "its last reading," : "the last reading of each,";
  const whole = good.length < all ? named(good) : "it";
  const how = badOf(looks) === 0 ? `${who} good now` : `No alert of ${whole} is in trouble now`;
  return fact(`${how}, by ${by} at ${clock(last, now)}: ${pastText(input, looks, untold)}.`, "good");
}

function pastLine(input: WhyInput, paused: readonly WatchedCheck[], untold: boolean): readonly WhyLine[] {
  const looks = looksOf(input, paused);
  return looks.some(({ last }) => last !== undefined)
    ? [fact(`Before that: ${pastText(input, looks, untold)}.`)]
    : [];
}

/** What was stored last, where nobody says how it is now. */
function storedLine(input: WhyInput, untold: boolean): WhyLine {
  const { now, from, watch, looks = [] } = input;
  const nobody = watch === undefined ? "Temporal does not answer" : "no worker answers for its monitor";
  const newest = Math.max(...looks.flatMap(({ last }) => last?.at ?? []));
  if (!Number.isFinite(newest)) {
    return fact(
      `Nothing was stored of it since ${clockUtc(from, now)}, and ${nobody}: how it is is not known.`,
    );
  }
  const past = pastText(input, looks, untold);
  return fact(
    `Its last reading came at ${clock(newest, now)}: ${past}. How it is now is not known: ${nobody}.`,
  );
}

/** `no bad reading since 11:27:05 UTC, so nobody was told` */
function pastText({ now, from }: WhyInput, looks: readonly Look[], untold: boolean): string {
  const first = Math.min(...looks.flatMap(({ firstAt }) => firstAt ?? []));
  const since = clockUtc(Number.isFinite(first) ? Math.max(from, first) : from, now);
  const bad = badOf(looks);
  const what =
    bad === 0
      ? `no bad reading since ${since}`
      : `${counted(bad, "bad reading")} since ${since}, and no rule of it finds fault with that`;
  return untold ? `${what}, so nobody was told` : what;
}

function badOf(looks: readonly Look[]): number {
  return looks.reduce((sum, look) => sum + look.bad, 0);
}

function looksOf({ looks = [] }: WhyInput, checks: readonly WatchedCheck[]): readonly Look[] {
  return looks.filter((look) => checks.some(({ check }) => check === look.check));
}
