/** A command is a signal and an update of the same name: both come to one place as the same thing, and the update waits for its answer. */

import { condition, setHandler } from "@temporalio/workflow";

import { doubts, misaimed } from "../src/domain/command-doubts.js";
import { commandObject } from "../src/domain/command-input.js";
import type { CommandInput } from "../src/domain/command-input.js";
import type { CommandAnswer } from "../src/domain/commands.js";
import { commandSignal, commandUpdate } from "./names.js";
import type { Refused } from "./refusals.js";
import { refused } from "./refusals.js";
import { describe } from "./steering.js";
import type { Steering } from "./steering.js";

export interface Given<Name extends string> {
  readonly name: Name;
  readonly input: CommandInput;
  /** What of the input was not understood. */
  readonly doubt: string | undefined;
  /** Why it is not taken at all. */
  readonly misaimed: string | undefined;
  /** Absent for a signal. */
  readonly answer?: (answer: CommandAnswer) => void;
}

/** Registers handlers for every command; `receive` is called in the order in which they come. */
export function receiveCommands<Name extends string>(
  steering: Readonly<Record<Name, Steering>>,
  receive: (given: Given<Name>) => void,
): void {
  for (const name of Object.keys(steering) as Name[]) {
    const { fields, aims } = steering[name];
    const description = describe(steering[name]);
    const given = (raw: unknown): Given<Name> => ({
      name,
      input: commandObject(raw),
      doubt: doubts(raw, fields),
      misaimed: misaimed(raw, aims),
    });
    setHandler(
      commandSignal(name),
      (raw) => {
        receive(given(raw));
      },
      { description },
    );
    setHandler(
      commandUpdate(name),
      async (raw) => {
        let answer: CommandAnswer | undefined;
        receive({ ...given(raw), answer: (text) => (answer = text) });
        await condition(() => answer !== undefined);
        return answer ?? { ok: false, text: "not answered" };
      },
      { description },
    );
  }
}

/** Answers, with what was not understood; comes back with what a signal's sender has to be told otherwise. */
export function answerGiven(
  { name, doubt, answer }: Given<string>,
  { ok, text }: CommandAnswer,
): Refused | undefined {
  const whole = doubt === undefined ? text : `${text}; ${doubt}`;
  if (answer !== undefined) {
    answer({ ok, text: whole });
    return undefined;
  }
  if (!ok) return refused(`${name}: ${whole}`);
  return doubt === undefined ? undefined : refused(`${name} was taken, but ${doubt}`);
}
