/** What a person's command changes in an incident (lifecycle 5). Pure; refuses with a sentence, never throws. */

import type { CommandAnswer, IncidentCommand, PauseCommand, ReasonCommand } from "./commands.js";
import { acknowledge } from "./acknowledgement.js";
import { commandDurationMs } from "./commands.js";
import type { ConversationStep } from "./conversation.js";
import { dropAcknowledgement, log } from "./conversation.js";
import { resumeConversation } from "./conversation-life.js";
import { replace } from "./incident-conversations.js";
import { liveConversation } from "./incident-machine.js";
import { refuse } from "./incident-refusals.js";
import type { Conversation, IncidentEffect, IncidentState } from "./incident-state.js";
import { freeze, hurry } from "./ladder.js";
import type { Member } from "./members.js";
import type { AlertId } from "./ids.js";
import { utc } from "./utc.js";

export { refuse } from "./incident-refusals.js";

const DEFAULT_PAUSE_MS = 60 * 60_000;
const REMEMBERED_COMMANDS = 50;
const MAX_NOTES = 5;

export interface CommandStep {
  readonly state: IncidentState;
  readonly effects: readonly IncidentEffect[];
  readonly answer: CommandAnswer;
}

/** Folds one command. A repeated `command_id` changes nothing and says so. */
export function foldCommand(state: IncidentState, command: IncidentCommand, now: number): CommandStep {
  const id = command.input.command_id;
  if (id !== undefined && state.commandIds.includes(id)) {
    return { state, effects: [], answer: { ok: true, text: "already done: this command was taken before" } };
  }
  const live = liveConversation(state, now);
  const refusal = refuse(live, command);
  if (live === undefined || refusal !== undefined) {
    const text = refusal ?? "this incident is over: nothing is firing";
    const last = state.conversations.at(-1);
    const effects =
      last === undefined ? [] : [log(last, "refused", `${command.name} refused: ${text}`, {}, byOf(command))];
    return { state, effects, answer: { ok: false, text } };
  }
  const done = apply(live, command, now);
  const commandIds =
    id === undefined ? state.commandIds : [...state.commandIds, id].slice(-REMEMBERED_COMMANDS);
  return {
    state: { ...replace(state, done.step.conversation), commandIds },
    effects: [...done.step.effects, ...monitorEffects(state, command)],
    answer: { ok: true, text: done.text },
  };
}

function apply(
  live: Conversation,
  command: IncidentCommand,
  now: number,
): { readonly step: ConversationStep; readonly text: string } {
  const by = byOf(command);
  switch (command.name) {
    case "acknowledge":
      return acknowledge(live, command.input, by, now);
    case "unacknowledge":
      return {
        step: dropAcknowledgement(live, `taken back by ${by}`, now),
        text:
          live.acknowledgement === undefined
            ? "it is not acknowledged"
            : "not acknowledged any more: it pages again",
      };
    case "pause":
      return pause(live, command.input, by, now);
    case "resume":
      return {
        step: resumeConversation(live, "resumed", now, by),
        text: live.pause === undefined ? "it is not paused" : "resumed",
      };
    case "resolve":
      return resolve(live, command.input, by);
    case "escalate":
      return escalate(live, by, now);
    case "comment":
      return {
        step: {
          conversation: live,
          effects: [log(live, "comment", (command.input.text ?? "").slice(0, 2_000), {}, by)],
        },
        text: "noted",
      };
  }
}

function pause(
  live: Conversation,
  input: PauseCommand,
  by: string,
  now: number,
): { readonly step: ConversationStep; readonly text: string } {
  const until = now + (commandDurationMs(input.for) ?? DEFAULT_PAUSE_MS);
  const ladders = Object.fromEntries(
    Object.entries(live.ladders).map(([severity, ladder]) => [severity, freeze(ladder, now)]),
  );
  const conversation: Conversation = {
    ...live,
    ladders,
    pause: {
      by,
      at: now,
      until,
      ...(input.reason === undefined ? {} : { reason: input.reason.slice(0, 500) }),
    },
  };
  const text = `paused until ${utc(until)}: no steps, no repeats; ends are told`;
  return {
    step: { conversation, effects: [log(live, "paused", input.reason ?? "paused", { until }, by)] },
    text,
  };
}

/** The monitors end what they hold; what is told of that says who wanted it. */
function resolve(
  live: Conversation,
  input: ReasonCommand,
  by: string,
): { readonly step: ConversationStep; readonly text: string } {
  const why = input.reason === undefined ? "" : `: ${input.reason.slice(0, 500)}`;
  const notes = [...live.notes, `Resolved by hand by ${by}${why}`].slice(-MAX_NOTES);
  return {
    step: {
      conversation: { ...live, notes },
      effects: [log(live, "resolving", input.reason ?? "resolved by hand", {}, by)],
    },
    text: "resolving: its alerts are released and the ends are told",
  };
}

/** A person who escalates wants it told now: neither an acknowledgement nor a pause stands in the way any more. */
function escalate(
  live: Conversation,
  by: string,
  now: number,
): { readonly step: ConversationStep; readonly text: string } {
  const { acknowledgement, pause, ...open } = live;
  const ladders = Object.fromEntries(
    Object.entries(open.ladders).map(([severity, ladder]) => [
      severity,
      hurry(ladder, now, `escalated by ${by}`),
    ]),
  );
  const facts = { was_acknowledged: acknowledgement !== undefined, was_paused: pause !== undefined };
  return {
    step: {
      conversation: { ...open, ladders },
      effects: [log(live, "escalated", "escalated by hand to the next step", facts, by)],
    },
    text: "escalated: the next step is told now",
  };
}

/** `resolve` releases every member at its monitor; `acknowledge` lets monitors end what holds until then. */
function monitorEffects(state: IncidentState, command: IncidentCommand): readonly IncidentEffect[] {
  if (command.name !== "resolve" && command.name !== "acknowledge") return [];
  const name = command.name === "resolve" ? "released" : "acknowledged";
  const named = command.name === "acknowledge" ? command.input.alerts : undefined;
  return Object.entries(state.slices).flatMap(([monitor, slice]): readonly IncidentEffect[] => {
    const alerts = slice.members
      .filter((member) => isNamed(member, named))
      .map(({ alert, episode }) => ({ alert, episode }));
    return alerts.length === 0
      ? []
      : [{ effect: "tell-monitor", name, monitor, alerts, all: named === undefined && slice.more > 0 }];
  });
}

function isNamed(member: Member, named: readonly string[] | undefined): boolean {
  return named === undefined || named.length === 0 || named.includes(member.alert satisfies AlertId);
}

function byOf(command: IncidentCommand): string {
  return (command.input.by ?? "somebody").slice(0, 100);
}
