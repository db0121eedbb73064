/**
 * Plays a time line to the alert machine as a monitor would: a sweep at every tick, a probe at once for every deadline. Between
 * `at 2:00 down` and `at 5:00 up` nothing runs, and what was due is handled when it is up again.
 */

import { nextDeadline, stepAlert } from "../../src/domain/alert-machine.js";
import type { AlertEvent } from "../../src/domain/alert-machine.js";
import type { AlertEffect, AlertRecord, RuleTiming, TransitionEffect } from "../../src/domain/alert-state.js";
import type { Verdict } from "../../src/domain/reading.js";
import type { Happening, LineVerdict, Timeline } from "./timeline.js";

/** What `defaults` of the configuration give, with `for: 2m`. */
export const RULE: RuleTiming = {
  forMs: 120_000,
  recoverForMs: 60_000,
  recoverAfter: 2,
  minBad: 2,
  unknownForMs: 300_000,
  severity: "critical",
  everyMs: 30_000,
};

export interface PlayOptions {
  readonly rule?: Partial<RuleTiming>;
  /** How long a probe takes. */
  readonly probeMs?: number;
  /** Tell also when a probe was asked for at once. */
  readonly confirms?: boolean;
}

export interface PlayedAlert {
  readonly seen: readonly Happening[];
  readonly transitions: readonly TransitionEffect[];
  readonly alert: AlertRecord | undefined;
}

/** Settings of the line: `for`, `hold`, `recover_for`, `unknown_for`; acts: `down`, `up`, `pause`, `resume`, `release`, `acknowledge`, `delete`. */
export function playAlert(line: Timeline, options: PlayOptions = {}): PlayedAlert {
  const rule = { ...RULE, everyMs: line.everyMs, ...settingsOf(line), ...options.rule };
  const { probeMs = 0, confirms = false } = options;
  const seen: Happening[] = [];
  const transitions: TransitionEffect[] = [];
  let flying: { readonly begunAt: number; readonly landsAt: number }[] = [];
  let alert: AlertRecord | undefined;
  const monitor = { isDown: false, isPaused: false };

  function fold(event: AlertEvent): void {
    const step = stepAlert(alert, rule, event);
    alert = step.alert;
    for (const effect of step.effects) {
      if (effect.effect === "confirm") flying.push({ begunAt: event.now, landsAt: event.now + probeMs });
      if (effect.effect === "transition") transitions.push(effect);
      if (effect.effect !== "confirm" || confirms) seen.push({ what: nameOf(effect), atMs: event.now });
    }
  }

  /** Everything that is due now, as often as something is: a machine that always wants more would spin. */
  function settle(now: number): void {
    for (let turns = 0; turns < 20; turns += 1) {
      land(now);
      const due = alert === undefined ? undefined : nextDeadline(alert, rule);
      if (due === undefined || due > now) {
        if (flying.every(({ landsAt }) => landsAt > now)) return;
      } else {
        fold({ kind: "deadline", now });
      }
    }
    throw new Error(`the alert spins at ${now} ms`);
  }

  function land(now: number): void {
    const landed = flying.filter(({ landsAt }) => landsAt <= now);
    flying = flying.filter(({ landsAt }) => landsAt > now);
    for (const { begunAt } of landed) {
      const verdict = verdictAt(line, begunAt);
      fold({ kind: "verdict", verdict, at: now, begunAt, now, reason: verdict, stamp: begunAt });
    }
  }

  function act(what: string, now: number): void {
    const episode = alert?.state === "firing" || alert?.state === "recovering" ? alert.episode : 0;
    switch (what) {
      case "down":
        monitor.isDown = true;
        flying = [];
        return;
      case "up":
        monitor.isDown = false;
        return;
      case "pause":
        monitor.isPaused = true;
        fold({ kind: "paused", now });
        return;
      case "resume":
        monitor.isPaused = false;
        fold({ kind: "resumed", now });
        return;
      case "release":
        fold({ kind: "released", episode, now });
        return;
      case "acknowledge":
        fold({ kind: "acknowledged", episode, now });
        return;
      case "delete":
        fold({ kind: "removed", end: "rule deleted", now });
        return;
      default:
        throw new Error(`an alert's story does not know "${what}"`);
    }
  }

  for (let now = 0; now <= line.endMs; now = nextTime(now)) {
    for (const { what } of line.acts.filter(({ atMs }) => atMs === now)) act(what, now);
    if (monitor.isDown) continue;
    settle(now);
    if (!monitor.isPaused && line.readings.some(({ atMs }) => atMs === now)) {
      flying.push({ begunAt: now, landsAt: now + probeMs });
      settle(now);
    }
  }
  return { seen, transitions, alert };

  function nextTime(now: number): number {
    const due = alert === undefined || monitor.isDown ? undefined : nextDeadline(alert, rule);
    const times = [
      ...line.readings.map(({ atMs }) => atMs),
      ...line.acts.map(({ atMs }) => atMs),
      ...(monitor.isDown ? [] : flying.map(({ landsAt }) => landsAt)),
      ...(due === undefined ? [] : [due]),
    ];
    return Math.min(...times.filter((at) => at > now), line.endMs + 1);
  }
}

function settingsOf({ settings }: Timeline): Partial<RuleTiming> {
  const { for: forMs, hold, recover_for: recoverForMs, unknown_for: unknownForMs } = settings;
  return {
    ...(forMs === undefined ? {} : { forMs }),
    ...(hold === undefined ? {} : { hold }),
    ...(recoverForMs === undefined ? {} : { recoverForMs }),
    ...(unknownForMs === undefined ? {} : { unknownForMs }),
  };
}

/** What a probe launched then sees: the target changes with the ticks. */
function verdictAt(line: Timeline, at: number): Verdict {
  return verdictOf(line.readings.findLast(({ atMs }) => atMs <= at)?.verdict ?? "good");
}

function verdictOf(verdict: LineVerdict): Verdict {
  return verdict === "degraded" ? "good" : verdict;
}

function nameOf(effect: AlertEffect): string {
  if (effect.effect !== "transition") return effect.effect;
  if (effect.to === "inactive") return effect.end ?? "cleared";
  return effect.from === "recovering" ? "firing again" : effect.to;
}
