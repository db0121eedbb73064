/** What can be said to an incident: members from monitors, commands from people; all taken in by the incident's one loop. */

import { condition, log, setDefaultSignalHandler, setHandler } from "@temporalio/workflow";

import {
  commandObject,
  durationField,
  numberField,
  present,
  textField,
  textsField,
} from "../src/domain/command-input.js";
import type { CommandInput } from "../src/domain/command-input.js";
import type { CommandAnswer, IncidentCommand, IncidentCommandName } from "../src/domain/commands.js";
import { foldCommand } from "../src/domain/incident-commands.js";
import { foldMembers, recheck } from "../src/domain/incident-machine.js";
import type { IncidentStep } from "../src/domain/incident-state.js";
import type { Member, MembersMessage } from "../src/domain/members.js";
import { membersMessage } from "../src/domain/members-input.js";
import type { IncidentRun } from "./incident-run.js";
import { incidentStatus, incidentWhy } from "./incident-view.js";
import { withTexts } from "./reader-notes.js";
import {
  commandSignal,
  commandUpdate,
  membersSignal,
  recheckSignal,
  statusQuery,
  timelineQuery,
  whyQuery,
} from "./names.js";

export interface IncidentMessages {
  waiting(): boolean;
  /** Folds everything that has come, in order; `apply` takes each step. */
  take(apply: (step: IncidentStep) => void): void;
}

type Waiting =
  | { readonly kind: "members"; readonly message: MembersMessage }
  | { readonly kind: "recheck" }
  | {
      readonly kind: "command";
      readonly command: IncidentCommand;
      readonly answered: (answer: CommandAnswer) => void;
    };

const DESCRIPTIONS = {
  acknowledge: "Somebody has it: no further steps and repeats. {by, note, for, alerts}",
  unacknowledge: "Take the acknowledgement back: it pages again. {by}",
  pause: "Tell nobody but ends for a time. {by, for, reason}",
  resume: "End the pause. {by}",
  resolve: "End it by hand: alerts are released, ends are told. {by, reason}",
  escalate: "Tell the next step now. {by}",
  comment: "Note something in the timeline. {by, text}",
} as const satisfies Record<IncidentCommandName, string>;

/** Registers every handler; call it before anything is awaited. */
export function receiveIncidentMessages(run: IncidentRun): IncidentMessages {
  let inbox: Waiting[] = [];

  setHandler(membersSignal, (raw: unknown) => {
    const message = membersMessage(raw);
    if (message === undefined) log.warn("a message that makes no sense was ignored", { name: "members" });
    else inbox.push({ kind: "members", message });
  });
  setHandler(recheckSignal, () => void inbox.push({ kind: "recheck" }), {
    description: "Silences or maintenance have changed: look again",
  });
  for (const name of Object.keys(DESCRIPTIONS) as IncidentCommandName[]) {
    const description = DESCRIPTIONS[name];
    setHandler(
      commandSignal(name),
      (input) =>
        void inbox.push({ kind: "command", command: incidentCommand(name, input), answered: logRefusal }),
      { description },
    );
    setHandler(
      commandUpdate(name),
      async (input) => {
        let answer: CommandAnswer | undefined;
        inbox.push({
          kind: "command",
          command: incidentCommand(name, input),
          answered: (given) => (answer = given),
        });
        await condition(() => answer !== undefined);
        return answer ?? { ok: false, text: "not answered" };
      },
      { description },
    );
  }
  setHandler(statusQuery, () => incidentStatus(run));
  setHandler(timelineQuery, () => run.timeline);
  setHandler(whyQuery, () => incidentWhy(run));
  setDefaultSignalHandler((name) => {
    log.warn("a signal that an incident does not know was ignored", { name });
  });

  return {
    waiting: () => inbox.length > 0,
    take(apply) {
      const taken = inbox;
      inbox = [];
      for (const message of taken) {
        switch (message.kind) {
          case "members":
            apply(foldMembers(run.state, message.message, Date.now()));
            run.readerNotes = withTexts(run.readerNotes, message.message.texts, membersOf(run));
            break;
          case "recheck":
            apply({ state: recheck(run.state), effects: [] });
            break;
          case "command": {
            const done = foldCommand(run.state, message.command, Date.now());
            apply(done);
            message.answered(done.answer);
          }
        }
      }
    },
  };
}

/** Whatever came, as a command of this name: unknown fields are ignored, unusable ones are absent. */
function incidentCommand(name: IncidentCommandName, raw: unknown): IncidentCommand {
  const input: CommandInput = commandObject(raw);
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

function logRefusal(answer: CommandAnswer): void {
  if (!answer.ok) log.warn("a command was refused", { text: answer.text });
}
