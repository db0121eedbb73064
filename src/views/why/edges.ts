/** One recorded edge of an alert as a sentence, with the numbers it was decided on. Pure. */

import type { AlertTransition, Facts } from "../../domain/story.js";
import { clock, span } from "../times.js";
import type { WhyLine } from "./why-line.js";
import { counted, detail, event } from "./why-line.js";

/** A confirming probe may take this long without anything having gone wrong. */
const ORDINARY_LATENESS_MS = 15_000;
/** The share of expected readings below which a grace is given (lifecycle 3). */
const ENOUGH_PERCENT = 60;

/** `before` is the edge before it in the same spell: what has been said once is not said again. */
export function explainEdge(
  edge: AlertTransition,
  before: AlertTransition | undefined,
  now: number,
): readonly WhyLine[] {
  switch (edge.to) {
    case "pending":
      return [event(edge.at, pendingText(edge, now), "warn")];
    case "recovering":
      return [event(edge.at, recoveringText(edge))];
    case "firing":
      return edge.from === "recovering"
        ? [event(edge.at, againText(edge), "bad")]
        : firedLines(edge, before, now);
    case "inactive":
      return [edge.from === "pending" ? notFired(edge, now) : over(edge)];
  }
}

function pendingText({ at, reason, facts }: AlertTransition, now: number): string {
  const forMs = num(facts, "for_ms");
  const deadline = num(facts, "deadline");
  const wait = forMs === undefined || deadline === undefined ? "" : waitText(forMs, deadline, at, now);
  return `bad for the first time: ${reason}.${wait}`;
}

function waitText(forMs: number, deadline: number, at: number, now: number): string {
  // The reading is older than the edge, so an ordinary deadline is never further away than `for`.
  if (deadline - at > forMs) {
    return ` Its rule waits ${span(forMs)}, but a person had resolved it: it is left alone until ${clock(deadline, now)}.`;
  }
  return forMs === 0
    ? " Its rule waits for nothing."
    : ` Its rule waits ${span(forMs)}, until ${clock(deadline, now)}.`;
}

function notFired({ at, reason, facts }: AlertTransition, now: number): WhyLine {
  const bad = num(facts, "bad");
  const since = num(facts, "since");
  const count = bad === undefined ? "" : ` after ${counted(bad, "bad reading")}`;
  if (reason !== "good before its time") {
    return event(at, `did not fire: ${reason}${count}. Nobody is told of that.`, "good");
  }
  const lasted = since === undefined ? "" : `, ${span(at - since)} after the first (${clock(since, now)})`;
  return event(
    at,
    `did not fire: a good reading came before its time${count}${lasted}. Nobody is told of that.`,
    "good",
  );
}

function firedLines(
  { at, reason, facts }: AlertTransition,
  before: AlertTransition | undefined,
  now: number,
): readonly WhyLine[] {
  if (facts.event === true) {
    return [event(at, `fired at once, as an event does: ${reason}.`, "bad")];
  }
  const bad = num(facts, "bad") ?? 0;
  const since = num(facts, "since") ?? at;
  const last = reason === before?.reason ? "" : `; the last said: ${reason}`;
  const fired = `fired: ${counted(bad, "bad reading")} and no good one in ${span(at - since)}${last}.`;
  const deadline =
    (before === undefined ? undefined : num(before.facts, "deadline")) ?? num(facts, "deadline");
  return [
    event(at, fired, "bad"),
    ...coverageLines(facts),
    ...(deadline === undefined ? [] : [latenessLine(at, deadline, now)]),
  ];
}

function coverageLines(facts: Facts): readonly WhyLine[] {
  const blindMs = num(facts, "blind_ms") ?? 0;
  const coverage = num(facts, "coverage");
  const percent = coverage === undefined ? undefined : Math.round(coverage * 100);
  const blind = blindMs > 0 ? ` It saw nothing for ${span(blindMs)} in between.` : "";
  if (facts.grace === true) {
    const then = percent === undefined ? "" : `, with ${percent} % known`;
    return [
      detail(
        `At its deadline fewer than ${ENOUGH_PERCENT} % of the expected readings were known, so it was given one grace and fired at the end of that${then}.${blind}`,
      ),
    ];
  }
  if (percent === undefined) return [];
  return [
    detail(
      `${percent} % of the expected readings were known; ${ENOUGH_PERCENT} % are enough to page at the deadline.${blind}`,
    ),
  ];
}

function latenessLine(at: number, deadline: number, now: number): WhyLine {
  const due = `It was due at ${clock(deadline, now)}`;
  const lateMs = at - deadline;
  if (lateMs < 1_000) return detail(`${due}, and the confirming reading came at once.`);
  if (lateMs <= ORDINARY_LATENESS_MS) {
    return detail(`${due}; the probe that confirmed it took ${span(lateMs)} more.`);
  }
  return detail(
    `${due} and is ${span(lateMs)} late: until then no reading begun after the deadline had come back. Look whether worker and server ran.`,
  );
}

function recoveringText({ facts }: AlertTransition): string {
  const forMs = num(facts, "recover_for_ms");
  const stays = forMs === undefined || forMs === 0 ? "" : ` for ${span(forMs)}`;
  return `good again: it is over when it stays good${stays}. Nobody is told yet.`;
}

function againText({ reason, facts }: AlertTransition): string {
  const goods = num(facts, "goods");
  const after = goods === undefined ? "" : ` after ${counted(goods, "good reading")}`;
  return `bad again${after}: ${reason}. It never was over, so it is the same episode and nobody is told anew.`;
}

const ENDINGS: Readonly<Record<string, string>> = {
  recovered: "over: it stayed good",
  gone: "over: it is no longer reported, and its check is good",
  released: "over: a person resolved it",
  "hold over": "over: an event is held only for a time, and that has passed",
  "rule deleted": "over: its rule is not in the configuration any more",
  "check removed": "over: its check is not in the configuration any more",
};

function over({ at, reason, facts }: AlertTransition): WhyLine {
  const firedAt = num(facts, "fired_at");
  const flaps = num(facts, "flaps") ?? 0;
  const fired = firedAt === undefined ? "" : `. It fired for ${span(at - firedAt)}`;
  const flapped = flaps === 0 ? "" : `, bad again ${flaps === 1 ? "once" : `${flaps} times`} meanwhile`;
  return event(at, `${ENDINGS[reason] ?? `over: ${reason}`}${fired}${flapped}.`, "good");
}

/** A fact as a number; undefined when it is none. */
export function num(facts: Facts, name: string): number | undefined {
  const value = facts[name];
  return typeof value === "number" ? value : undefined;
}
