/** Plays an incident to its machine as its workflow does: fold what came, tick, send what is due, sleep until the next due time. */

import type { CommandAnswer, IncidentCommands } from "../../src/domain/commands.js";
import type { AlertId, RevisionId } from "../../src/domain/ids.js";
import { serviceId } from "../../src/domain/ids.js";
import { foldCommand } from "../../src/domain/incident-commands.js";
import {
  dueDrafts,
  dueResends,
  foldAttempt,
  foldHeld,
  foldLaunch,
  foldMembers,
  foldPolicy,
  foldResend,
  foldResendLaunch,
  newIncident,
  nextDue,
  recheck,
  tick,
} from "../../src/domain/incident-machine.js";
import type { IncidentEffect, IncidentState, IncidentStep } from "../../src/domain/incident-state.js";
import type { Content } from "../../src/domain/lane.js";
import type { EndedMember, Member, MembersMessage } from "../../src/domain/members.js";
import type { AttemptResult } from "../../src/domain/message.js";
import type { PolicyPlan } from "../../src/domain/plan.js";
import { policyPlan } from "./plans.js";

export const SERVICE = serviceId("kohakku", "controller");
export const T0 = Date.parse("2026-03-01T12:00:00Z");
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

/** What a notifier answers; `held`: the gate holds it for a minute. */
export type Answer = AttemptResult["result"] | "held";

export interface Attempt {
  readonly atMs: number;
  readonly incident: string;
  readonly notifier: string;
  readonly n: number;
  readonly content: Content;
  readonly answer: Answer;
  /** What was heard, told again. */
  readonly again?: true;
}

export interface IncidentOptions {
  readonly policy?: Partial<PolicyPlan>;
  /** Accepted unless it says otherwise; `state` is that in which the attempt was launched. */
  readonly answer?: (attempt: Omit<Attempt, "answer">, state: IncidentState) => Answer;
  /** Receivers forget what they are not told again after so long. */
  readonly resendAfterMs?: number;
  /** What every accepted attempt remarks. */
  readonly remark?: string;
  /** The policy is read when the test says so. */
  readonly policyLater?: boolean;
}

export interface IncidentStory {
  readonly state: IncidentState;
  readonly attempts: readonly Attempt[];
  readonly effects: readonly IncidentEffect[];
  /** Milliseconds since the beginning. */
  readonly nowMs: number;
  advanceTo(atMs: number): void;
  members(list: readonly Member[], message?: Partial<MembersMessage>): void;
  command<N extends keyof IncidentCommands>(name: N, input?: IncidentCommands[N]): CommandAnswer;
  readPolicy(): void;
  recheck(): void;
  /** `5:00 firing pager n=1`, one for each attempt that was accepted; others say how they ended. */
  told(): readonly string[];
  /** Kinds of log lines since the last call. */
  logged(): readonly string[];
}

export function member(rule = "ready/down", change: Partial<Member> = {}): Member {
  return {
    alert: `${SERVICE}/${rule}` as AlertId,
    episode: 1,
    severity: "critical",
    state: "firing",
    since: T0 - 2 * MINUTE,
    firedAt: T0,
    bad: 5,
    reason: "HTTP 503",
    ...change,
  };
}

export function endedMember(of: Member, resolvedAt: number): EndedMember {
  return { ...of, resolvedAt, end: "recovered" };
}

export function incidentStory(options: IncidentOptions = {}): IncidentStory {
  const policy = policyPlan({ fallback: [], ...options.policy });
  const attempts: Attempt[] = [];
  const effects: IncidentEffect[] = [];
  let state = newIncident(SERVICE);
  let now = T0;
  let seq = 0;
  let heard = 0;

  function apply(step: IncidentStep): void {
    state = step.state;
    effects.push(...step.effects);
  }

  function readPolicy(): void {
    for (const { id, policy: known } of state.conversations) {
      if (known === undefined) apply(foldPolicy(state, id, policy));
    }
  }

  /** One turn of the workflow's loop; true when something was sent, and the loop turns again. */
  function turn(): boolean {
    apply(tick(state, now));
    if (options.policyLater !== true && state.conversations.some((each) => each.policy === undefined)) {
      readPolicy();
      apply(tick(state, now));
    }
    const due = dueDrafts(state, now);
    for (const { conversation, notifier } of due) send(conversation.id, notifier);
    const again = dueResends(state, now);
    for (const { conversation, notifier } of again) resend(conversation.id, notifier);
    return due.length + again.length > 0;
  }

  function resend(incident: IncidentState["conversations"][number]["id"], notifier: string): void {
    const heard = state.conversations
      .find(({ id }) => id === incident)
      ?.lanes.find((each) => each.notifier === notifier)?.heard;
    if (heard === undefined) return;
    state = foldResendLaunch(state, incident, notifier);
    const attempt = {
      atMs: now - T0,
      incident,
      notifier,
      n: heard.n,
      content: heard.content,
      again: true as const,
    };
    const asked = options.answer?.(attempt, state) ?? "accepted";
    const answer = asked === "held" ? "accepted" : asked;
    attempts.push({ ...attempt, answer });
    apply(foldResend(state, incident, notifier, resultOf(answer), now));
  }

  function resultOf(answer: AttemptResult["result"]): AttemptResult {
    if (answer !== "accepted") return { result: answer, reason: "so" };
    const { resendAfterMs, remark } = options;
    return {
      result: answer,
      ...(resendAfterMs === undefined ? {} : { resendAfterMs }),
      ...(remark === undefined ? {} : { remark }),
    };
  }

  function send(incident: IncidentState["conversations"][number]["id"], notifier: string): void {
    const lane = state.conversations
      .find(({ id }) => id === incident)
      ?.lanes.find((each) => each.notifier === notifier);
    if (lane?.draft === undefined) return;
    const { n, content } = lane.draft;
    state = foldLaunch(state, incident, notifier);
    const attempt = { atMs: now - T0, incident, notifier, n, content };
    const asked = options.answer?.(attempt, state) ?? "accepted";
    const answer = asked === "held" && content.kind === "resolved" ? "accepted" : asked;
    attempts.push({ ...attempt, answer });
    if (answer === "held") {
      apply(foldHeld(state, incident, notifier, now + MINUTE, ["silenced"]));
      return;
    }
    apply(foldAttempt(state, { incident, notifier, n, result: resultOf(answer) }, now, 0));
  }

  function settle(): void {
    for (let turns = 0; turns < 50; turns += 1) {
      if (turn()) continue;
      const due = nextDue(state, now);
      if (due !== undefined && due <= now) throw new Error(`the incident spins at ${now - T0} ms`);
      return;
    }
    throw new Error(`the incident sends without end at ${now - T0} ms`);
  }

  return {
    get state() {
      return state;
    },
    attempts,
    effects,
    get nowMs() {
      return now - T0;
    },
    readPolicy: () => {
      readPolicy();
      settle();
    },
    advanceTo(atMs) {
      settle();
      for (let due = nextDue(state, now); due !== undefined && due <= T0 + atMs; due = nextDue(state, now)) {
        now = due;
        settle();
      }
      now = T0 + atMs;
      settle();
    },
    members(list, message = {}) {
      seq += 1;
      const revision = "000000000001" as RevisionId;
      const whole = {
        from: "monitor:kohakku",
        seq,
        revision,
        list,
        more: 0,
        ended: [],
        known: false,
        ...message,
      };
      apply(foldMembers(state, whole, now));
      settle();
    },
    command(name, input) {
      const step = foldCommand(state, { name, input: input ?? {} }, now);
      apply(step);
      settle();
      return step.answer;
    },
    recheck() {
      state = recheck(state);
      settle();
    },
    told: () =>
      attempts.map(({ atMs, content, notifier, n, answer, again }) => {
        const how = answer === "accepted" ? "" : ` ${answer}`;
        return `${clock(atMs)} ${again === true ? "again" : content.kind} ${notifier} n=${n}${how}`;
      }),
    logged() {
      const kinds = effects.slice(heard).flatMap((each) => (each.effect === "log" ? [each.log.kind] : []));
      heard = effects.length;
      return kinds;
    },
  };
}

/** `1:05` for a minute and five seconds. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / SECOND);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
