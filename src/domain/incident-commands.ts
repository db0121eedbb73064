/** What a person's command changes in an incident (lifecycle 5). Pure; refuses with a sentence, never throws. */

import type { AcknowledgeCommand, CommandAnswer, IncidentCommand, PauseCommand } from "./commands.js";
import { commandDurationMs } from "./commands.js";
import type { ConversationStep } from "./conversation.js";
import { dropAcknowledgement, log, severityOf } from "./conversation.js";
import { liveConversation, replace, resumeConversation } from "./incident-machine.js";
import type { Conversation, IncidentEffect, IncidentState } from "./incident-state.js";
import { freeze, hurry } from "./ladder.js";
import type { Member } from "./members.js";
import { ruleKey } from "./members.js";
import type { AlertId } from "./ids.js";

const DAY_MS = 24 * 60 * 60_000;
const DEFAULT_PAUSE_MS = 60 * 60_000;
const MAX_PAUSE_MS = 7 * DAY_MS;
const REMEMBERED_COMMANDS = 50;

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

/** Why a command cannot be taken, before anything is changed; also what an update's validator asks. */
export function refuse(live: Conversation | undefined, command: IncidentCommand): string | undefined {
  if (live === undefined) return "this incident is over: nothing is firing";
  const { episode } = command.input;
  if (episode !== undefined && !live.members.some((member) => member.episode === episode)) {
    return `episode ${episode} is not firing any more; it may belong to an earlier incident`;
  }
  if (command.name === "acknowledge" || command.name === "pause") {
    const forMs = commandDurationMs(command.input.for);
    if (command.input.for !== undefined && forMs === undefined)
      return `'for' is not a duration like 30m: ${JSON.stringify(command.input.for)}`;
  }
  if (command.name === "acknowledge") {
    const missing = command.input.alerts?.find(
      (alert) => !live.members.some((member) => member.alert === alert),
    );
    if (missing !== undefined) return `${missing} is not firing in this incident`;
    const forMs = commandDurationMs(command.input.for);
    if (forMs !== undefined && forMs > DAY_MS) return "an acknowledgement lasts at most 24h";
  }
  if (command.name === "pause" && (commandDurationMs(command.input.for) ?? 0) > MAX_PAUSE_MS)
    return "a pause lasts at most 7d";
  return undefined;
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
        text: "not acknowledged any more: it pages again",
      };
    case "pause":
      return pause(live, command.input, by, now);
    case "resume":
      return { step: resumeConversation(live, "resumed", now, by), text: "resumed" };
    case "resolve":
      return {
        step: {
          conversation: live,
          effects: [log(live, "resolving", command.input.reason ?? "resolved by hand", {}, by)],
        },
        text: "resolving: its alerts are released and the ends are told",
      };
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

function acknowledge(
  live: Conversation,
  input: AcknowledgeCommand,
  by: string,
  now: number,
): { readonly step: ConversationStep; readonly text: string } {
  const severity = severityOf(live.members) ?? "warning";
  const forMs =
    commandDurationMs(input.for) ?? (severity === "critical" ? live.policy?.ackTimeoutMs : undefined);
  const partial = input.alerts !== undefined && input.alerts.length > 0;
  const before = live.acknowledgement?.partial ? live.acknowledgement.covers : [];
  const covers = partial
    ? [...new Set([...before, ...(input.alerts ?? [])])]
    : [...new Set(live.members.map((member) => ruleKey(member.alert)))];
  const conversation: Conversation = {
    ...live,
    acknowledgement: {
      by,
      at: now,
      covers,
      partial,
      severity,
      ...(input.note === undefined ? {} : { note: input.note.slice(0, 500) }),
      ...(forMs === undefined ? {} : { until: now + forMs }),
    },
  };
  const facts = { covers: covers.join(", "), ...(forMs === undefined ? {} : { until: now + forMs }) };
  const until = forMs === undefined ? "" : ` until ${new Date(now + forMs).toISOString()}`;
  return {
    step: {
      conversation,
      effects: [log(live, "acknowledged", input.note ?? `acknowledged${until}`, facts, by)],
    },
    text: `acknowledged by ${by}${until}`,
  };
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
  const text = `paused until ${new Date(until).toISOString()}: no steps, no repeats; ends are told`;
  return {
    step: { conversation, effects: [log(live, "paused", input.reason ?? "paused", { until }, by)] },
    text,
  };
}

function escalate(
  live: Conversation,
  by: string,
  now: number,
): { readonly step: ConversationStep; readonly text: string } {
  const { acknowledgement, ...open } = live;
  const ladders = Object.fromEntries(
    Object.entries(open.ladders).map(([severity, ladder]) => [severity, hurry(ladder, now)]),
  );
  return {
    step: {
      conversation: { ...open, ladders },
      effects: [
        log(
          live,
          "escalated",
          "escalated by hand to the next step",
          { was_acknowledged: acknowledgement !== undefined },
          by,
        ),
      ],
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
