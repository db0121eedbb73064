/** What an alert waits for at this moment, from the running monitor: every guard with its value. Pure. */

import { holdEnd } from "../../domain/alert-machine.js";
import type {
  AlertRecord,
  FiringAlert,
  PendingAlert,
  RecoveringAlert,
  RuleTiming,
} from "../../domain/alert-state.js";
import type { LiveGuards } from "../../temporal/live-status.js";
import { clock, span } from "../times.js";
import type { WhyLine } from "./why-line.js";
import { counted, detail, fact } from "./why-line.js";

/** Nothing for an alert that the monitor does not remember: it is good. */
export function explainGuards(guards: LiveGuards, now: number): readonly WhyLine[] {
  const { record, rule } = guards;
  return [...stateLines(guards, now), ...overlayLines(record, rule, now)];
}

function stateLines({ record, rule, coverage }: LiveGuards, now: number): readonly WhyLine[] {
  switch (record.state) {
    case "inactive":
      return record.quietUntil === undefined
        ? []
        : [fact(`A person resolved it: what is bad waits until ${clock(record.quietUntil, now)}.`)];
    case "pending":
      return pendingLines(record, rule, coverage, now);
    case "firing":
      return [
        fact(
          `It has been firing since ${clock(record.firedAt, now)}; the last of ${counted(record.bad, "bad reading")} came at ${clock(record.lastBadAt, now)}.`,
          "bad",
        ),
        ...holdLines(record, rule, now),
      ];
    case "recovering":
      return recoveringLines(record, rule, now);
  }
}

function holdLines(record: FiringAlert, rule: RuleTiming | undefined, now: number): readonly WhyLine[] {
  const at = rule === undefined ? undefined : holdEnd(record, rule);
  return at === undefined
    ? []
    : [detail(`As an event it ends at ${clock(at, now)} unless it happens again.`)];
}

function pendingLines(
  { bad, since, deadline, asked, graced, pausedAt }: PendingAlert,
  rule: RuleTiming | undefined,
  coverage: number | undefined,
  now: number,
): readonly WhyLine[] {
  const left = deadline - now;
  const when =
    pausedAt !== undefined
      ? `its clock stands still with ${span(deadline - pausedAt)} left`
      : asked || left <= 0
        ? `its deadline ${clock(deadline, now)} has passed and one fresh reading decides`
        : `it fires at ${clock(deadline, now)} (in ${span(left)}) if it is still bad then`;
  const isDue = left <= 0 && pausedAt === undefined;
  const minBad = rule?.minBad ?? 0;
  return [
    fact(`It has not fired: ${counted(bad, "bad reading")} since ${clock(since, now)}, and ${when}.`, "warn"),
    ...(bad < minBad ? [detail(`At least ${counted(minBad, "bad reading")} are needed.`)] : []),
    ...(graced
      ? [detail("Its one grace has been given, because too few of the expected readings were known.")]
      : coverage === undefined || !isDue
        ? []
        : [detail(`${Math.round(coverage * 100)} % of the expected readings are known; 60 % are needed.`)]),
  ];
}

function recoveringLines(
  { goods, goodSince, knownMs, asked }: RecoveringAlert,
  rule: RuleTiming | undefined,
  now: number,
): readonly WhyLine[] {
  const needed =
    rule === undefined ? "" : ` of ${rule.recoverAfter}, over ${span(knownMs)} of ${span(rule.recoverForMs)}`;
  return [
    fact(
      `It has been good since ${clock(goodSince, now)}, and is over when it stays so: ${counted(goods, "good reading")}${needed}.`,
      "warn",
    ),
    ...(asked ? [detail("One fresh reading decides.")] : []),
  ];
}

function overlayLines(
  { unknownSince, unknownReason, blind }: AlertRecord,
  rule: RuleTiming | undefined,
  now: number,
): readonly WhyLine[] {
  const raised =
    blind === true
      ? "a blind alert has been raised"
      : rule === undefined || unknownSince === undefined
        ? "a blind alert follows"
        : `a blind alert is raised at ${clock(unknownSince + rule.unknownForMs, now)}`;
  return [
    ...(unknownSince === undefined
      ? []
      : [
          fact(
            `Nothing has been known of it since ${clock(unknownSince, now)}: ${unknownReason ?? "no data"}. That counts neither as bad nor as good; ${raised}.`,
            "warn",
          ),
        ]),
  ];
}
