/** What was sent by signal and could not be taken: a signal gets no answer, so the page and the worker's log say it. */

import { log } from "@temporalio/workflow";

import { utcNear } from "../src/domain/utc.js";
import { plain } from "./details-markdown.js";

export interface Refused {
  readonly at: number;
  readonly text: string;
}

const MAX_TEXT = 400;

/** Says it in the log; what comes back is for the page. */
export function refused(text: string): Refused {
  log.warn(text);
  return { at: Date.now(), text: text.slice(0, MAX_TEXT) };
}

export function noSuchSignal(name: string, known: readonly string[]): string {
  return `${name.slice(0, 60)}: there is no such signal; there are ${known.join(", ")}`;
}

export function refusedLines(last: Refused | undefined, now: number): readonly string[] {
  return last === undefined ? [] : [`- **last refused** at ${utcNear(last.at, now)}: ${plain(last.text)}`];
}
