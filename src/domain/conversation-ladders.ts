/** The escalation of a conversation: which ladders run, which lanes their rungs call, and who is told next. Pure. */

import { LADDER_SEVERITIES, uncovered } from "./acknowledgement.js";
import type { ConversationStep } from "./conversation-log.js";
import { log } from "./conversation-log.js";
import { mayFire } from "./conversation-members.js";
import type { Conversation, IncidentEffect } from "./incident-state.js";
import type { Ladder, LadderSeverity, Reached } from "./ladder.js";
import { climb, freeze, ladderDue, notifiersOf, startLadder, thaw } from "./ladder.js";
import type { Lane } from "./lane.js";
import { heardOrMaybe } from "./lane.js";
import type { PolicyPlan } from "./plan.js";

/** Starts, climbs and forgets the ladders as the members want it. */
export function climbLadders(conversation: Conversation, now: number): ConversationStep {
  const { policy } = conversation;
  if (policy === undefined) return { conversation, effects: [] };
  let current = conversation;
  const effects: IncidentEffect[] = [];
  for (const severity of LADDER_SEVERITIES) {
    if (!mayFire(current, severity)) {
      current = forget(current, severity);
    } else if (runs(current, severity)) {
      const climbed = climbLadder(current, policy, severity, now);
      current = climbed.conversation;
      effects.push(...climbed.effects);
    } else {
      current = stand(current, severity, now);
    }
  }
  return { conversation: current, effects };
}

/** When a ladder will next be climbed; undefined while none runs. */
export function laddersDue(conversation: Conversation): number | undefined {
  const times = LADDER_SEVERITIES.flatMap((severity) => runningDue(conversation, severity) ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Who is told next, and when; undefined while nobody will be. */
export function nextRung(
  conversation: Conversation,
): { readonly at: number; readonly notify: readonly string[] } | undefined {
  const { policy } = conversation;
  if (policy === undefined) return undefined;
  return LADDER_SEVERITIES.flatMap((severity) => {
    const rung = conversation.ladders[severity]?.next;
    const at = runningDue(conversation, severity);
    return rung === undefined || at === undefined
      ? []
      : [{ at, notify: notifiersOf(rung, policy, severity) }];
  }).sort((a, b) => a.at - b.at)[0];
}

/** Whether people are being paged for this severity: somebody of it is neither covered nor paused. */
function runs(conversation: Conversation, severity: LadderSeverity): boolean {
  return (
    conversation.pause === undefined &&
    uncovered(conversation).some((member) => member.severity === severity && member.paused === undefined)
  );
}

/** Everybody of this severity whom nobody has is paused: the ladder keeps the time it has left. */
function stand(conversation: Conversation, severity: LadderSeverity, now: number): Conversation {
  const ladder = conversation.ladders[severity];
  const open = uncovered(conversation).some((member) => member.severity === severity);
  if (ladder === undefined || !open) return conversation;
  return { ...conversation, ladders: { ...conversation.ladders, [severity]: freeze(ladder, now) } };
}

function runningDue(conversation: Conversation, severity: LadderSeverity): number | undefined {
  const ladder = conversation.ladders[severity];
  return ladder === undefined || !runs(conversation, severity) ? undefined : ladderDue(ladder);
}

/** The ladder begins again from the bottom; a lane that is owed an end still belongs to the severity until it is told. */
function forget(conversation: Conversation, severity: LadderSeverity): Conversation {
  const lanes = conversation.lanes.map((lane) => {
    if (!lane.reached.includes(severity) || heardOrMaybe(lane) !== undefined) return lane;
    const reached = lane.reached.filter((each) => each !== severity);
    if (lane.heard === undefined) return { ...lane, reached };
    return { ...lane, reached, ended: [...new Set([...(lane.ended ?? []), severity])] };
  });
  return { ...conversation, lanes, ladders: { ...conversation.ladders, [severity]: {} } };
}

/** Takes the rung that is due, and those that follow it without any wait. */
function climbLadder(
  conversation: Conversation,
  policy: PolicyPlan,
  severity: LadderSeverity,
  now: number,
): ConversationStep {
  const started = startedLadder(conversation.ladders[severity], () => startLadder(policy, severity, now));
  let ladder = isHeldBack(conversation, started) ? freeze(started, now) : thaw(started, now);
  let { lanes } = conversation;
  const effects: IncidentEffect[] = [];
  for (let rungs = 0; rungs <= policy[severity].length; rungs += 1) {
    const climbed = climb(ladder, policy, severity, now);
    if (climbed.reached === undefined) break;
    ladder = climbed.ladder;
    lanes = called(lanes, climbed.reached, severity);
    const text = reachedText(climbed.reached, severity);
    effects.push(log(conversation, climbed.reached.rung.what, text, rungFacts(climbed.reached)));
  }
  return {
    conversation: { ...conversation, lanes, ladders: { ...conversation.ladders, [severity]: ladder } },
    effects,
  };
}

/** The gate holds everybody back whom the last rung told: the ladder stands still until one of them hears it (lifecycle 7). */
function isHeldBack({ lanes }: Conversation, { asked = [] }: Ladder): boolean {
  const isHeld = ({ draft, heldUntil }: Lane): boolean => draft !== undefined && heldUntil !== undefined;
  const told = lanes.filter(({ notifier }) => asked.includes(notifier));
  return told.length > 0 && told.every(isHeld);
}

function startedLadder(ladder: Ladder | undefined, start: () => Ladder): Ladder {
  return ladder === undefined || (ladder.next === undefined && ladder.frozenMs === undefined)
    ? start()
    : ladder;
}

function called(lanes: readonly Lane[], reached: Reached, severity: LadderSeverity): readonly Lane[] {
  const { rung } = reached;
  const first = rung.what === "step" && rung.step === 0 && rung.loop === 1;
  const missing = reached.notify.filter((notifier) => !lanes.some((lane) => lane.notifier === notifier));
  const all: readonly Lane[] = [
    ...lanes,
    ...missing.map((notifier): Lane => ({
      notifier,
      reached: [],
      pages: 0,
      call: { kind: "firing", reason: "", begins: false },
      n: 0,
    })),
  ];
  return all.map((lane) => {
    if (!reached.notify.includes(lane.notifier)) return lane;
    // What a receiver refused is tried again when a step asks for it again.
    const { refused, ended = [], ...callable } = lane;
    const stillEnded = ended.filter((each) => each !== severity);
    const again = lane.heard !== undefined && lane.heard.content.kind !== "resolved";
    const kind = again ? "repeated" : first ? "firing" : "escalated";
    return {
      ...callable,
      reached: [...new Set([...lane.reached, severity])],
      ...(stillEnded.length === 0 ? {} : { ended: stillEnded }),
      pages: lane.pages + 1,
      call: { kind, reason: reachedText(reached, severity), begins: first && rung.why === undefined },
    };
  });
}

function reachedText({ rung }: Reached, severity: LadderSeverity): string {
  if (rung.why !== undefined) return `${severity}: ${rung.why}`;
  switch (rung.what) {
    case "step":
      return rung.loop === 1 && rung.step === 0
        ? `${severity}: first step`
        : `${severity}: step ${rung.step + 1}, time ${rung.loop} through, not acknowledged`;
    case "fallback":
      return `${severity}: every step has been told and nobody has acknowledged`;
    case "repeat":
      return `${severity}: still firing`;
  }
}

function rungFacts({ rung, notify }: Reached): Readonly<Record<string, string | number>> {
  return { step: rung.step + 1, loop: rung.loop, due: rung.at, notify: notify.join(", ") };
}
