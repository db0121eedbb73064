/** What can be said to an incident: members from monitors, commands from people; all taken in by the incident's one loop. */

import { setDefaultSignalHandler, setHandler } from "@temporalio/workflow";

import { durationField, numberField, present, textField, textsField } from "../src/domain/command-input.js";
import type { CommandInput } from "../src/domain/command-input.js";
import type { IncidentCommand, IncidentCommandName } from "../src/domain/commands.js";
import { log } from "../src/domain/conversation.js";
import { foldCommand } from "../src/domain/incident-commands.js";
import type { CommandStep } from "../src/domain/incident-commands.js";
import { foldMembers, recheck } from "../src/domain/incident-machine.js";
import type { IncidentEffect, IncidentStep } from "../src/domain/incident-state.js";
import type { Member, MembersMessage } from "../src/domain/members.js";
import { membersMessage } from "../src/domain/members-input.js";
import { answerGiven, receiveCommands } from "./given-commands.js";
import type { Given } from "./given-commands.js";
import type { IncidentRun } from "./incident-run.js";
import { incidentStatus, incidentWhy } from "./incident-view.js";
import { membersSignal, recheckSignal, statusQuery, timelineQuery, whyQuery } from "./names.js";
import { withTexts } from "./reader-notes.js";
import { noSuchSignal, refused } from "./refusals.js";
import { HANDLERS, INCIDENT_STEERING } from "./steering.js";

export interface IncidentMessages {
  waiting(): boolean;
  /** Folds everything that has come, in order; `apply` takes each step. */
  take(apply: (step: IncidentStep) => void): void;
}

type Waiting =
  | { readonly kind: "members"; readonly message: MembersMessage }
  | { readonly kind: "recheck" }
  | { readonly kind: "command"; readonly given: Given<IncidentCommandName> }
  | { readonly kind: "refused"; readonly text: string };

/** Registers every handler; call it before anything is awaited. */
export function receiveIncidentMessages(run: IncidentRun): IncidentMessages {
  let inbox: Waiting[] = [];

  setHandler(
    membersSignal,
    (raw: unknown) => {
      const message = membersMessage(raw);
      if (message === undefined) inbox.push({ kind: "refused", text: "members: its input makes no sense" });
      else inbox.push({ kind: "members", message });
    },
    { description: HANDLERS.members },
  );
  setHandler(recheckSignal, () => void inbox.push({ kind: "recheck" }), { description: HANDLERS.recheck });
  receiveCommands(INCIDENT_STEERING, (given) => void inbox.push({ kind: "command", given }));
  setHandler(statusQuery, () => incidentStatus(run), { description: HANDLERS.status });
  setHandler(timelineQuery, () => run.timeline, { description: HANDLERS.timeline });
  setHandler(whyQuery, () => incidentWhy(run), { description: HANDLERS.incidentWhy });
  setDefaultSignalHandler((name) => {
    inbox.push({ kind: "refused", text: noSuchSignal(name, Object.keys(INCIDENT_STEERING)) });
  });

  return {
    waiting: () => inbox.length > 0,
    take(apply) {
      const taken = inbox;
      inbox = [];
      for (const message of taken) take(run, message, apply);
    },
  };
}

function take(run: IncidentRun, message: Waiting, apply: (step: IncidentStep) => void): void {
  const now = Date.now();
  switch (message.kind) {
    case "members":
      apply(foldMembers(run.state, message.message, now));
      run.readerNotes = withTexts(run.readerNotes, message.message.texts, membersOf(run));
      return;
    case "recheck":
      apply({ state: recheck(run.state), effects: [] });
      return;
    case "refused":
      apply({ state: run.state, effects: logged(run, "refused", message.text) });
      run.readerNotes = { ...run.readerNotes, refused: refused(message.text) };
      return;
    case "command":
      takeCommand(run, message.given, apply);
  }
}

function takeCommand(
  run: IncidentRun,
  given: Given<IncidentCommandName>,
  apply: (step: IncidentStep) => void,
): void {
  const command = incidentCommand(given.name, given.input);
  const done =
    given.misaimed === undefined
      ? foldCommand(run.state, command, Date.now())
      : notTaken(run, given.name, given.misaimed, command.input.by);
  apply(given.doubt === undefined ? done : { ...done, effects: doubted(run, done, given, command.input.by) });
  const told = answerGiven(given, done.answer);
  if (told !== undefined) run.readerNotes = { ...run.readerNotes, refused: told };
}

function notTaken(run: IncidentRun, name: string, why: string, by: string | undefined): CommandStep {
  return {
    state: run.state,
    effects: logged(run, "refused", `${name}: ${why}`, by),
    answer: { ok: false, text: why },
  };
}

/** What was not understood stands in the log too: in the line that says why it was refused, else in one of its own. */
function doubted(
  run: IncidentRun,
  { effects, answer }: CommandStep,
  { name, doubt = "" }: Given<string>,
  by: string | undefined,
): readonly IncidentEffect[] {
  if (answer.ok) return [...effects, ...logged(run, "ignored", `${name}: ${doubt}`, by)];
  return effects.map((effect) =>
    effect.effect === "log" && effect.log.kind === "refused"
      ? { ...effect, log: { ...effect.log, text: `${effect.log.text}; ${doubt}` } }
      : effect,
  );
}

function logged(run: IncidentRun, kind: string, text: string, by?: string): readonly IncidentEffect[] {
  const last = run.state.conversations.at(-1);
  return last === undefined ? [] : [log(last, kind, text, {}, by)];
}

/** Whatever came, as a command of this name: unknown fields are ignored, unusable ones are absent. */
function incidentCommand(name: IncidentCommandName, input: CommandInput): IncidentCommand {
  const fields = present({
    by: textField(input, "by", 100),
    command_id: textField(input, "command_id", 200),
    episode: numberField(input, "episode"),
    note: textField(input, "note"),
    reason: textField(input, "reason"),
    text: textField(input, "text", 2_000),
    for: durationField(input, "for"),
    alerts: textsField(input, "alerts"),
  });
  return { name, input: fields };
}

function membersOf({ state }: IncidentRun): readonly Member[] {
  return Object.values(state.slices).flatMap(({ members }) => members);
}
