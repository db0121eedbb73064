/** What one notifier of an incident has heard, what is on its way to it, and whether it is owed an end, in a sentence. */

import type { Draft, Lane } from "../src/domain/lane.js";
import { heardOrMaybe } from "../src/domain/lane.js";
import { messageWord } from "../src/domain/story-line.js";
import { utcNear } from "../src/domain/utc.js";
import type { FirstHeard } from "./reader-notes.js";

/** What follows the notifier's name. */
export function laneText(lane: Lane, first: FirstHeard | undefined, now: number): string {
  return [
    heardText(lane, first, now),
    ...(lane.draft === undefined ? [] : [draftText(lane.draft, lane.heldUntil, now)]),
    ...(lane.refused === undefined ? [] : ["the last message was given up, see the dead letters"]),
    ...owedText(lane),
  ].join("; ");
}

function heardText({ heard, maybeHeard }: Lane, first: FirstHeard | undefined, now: number): string {
  if (heard === undefined) {
    return maybeHeard === undefined
      ? "has not been told"
      : `may have been told: ${messageWord(maybeHeard.content.kind)} at ${utcNear(maybeHeard.at, now)}`;
  }
  const last = `${messageWord(heard.content.kind)} at ${utcNear(heard.at, now)}`;
  const beginning =
    first === undefined || first.at === heard.at
      ? ""
      : `${messageWord(first.kind)} at ${utcNear(first.at, now)}, ${heard.content.kind === "resolved" ? "" : "last "}`;
  return `was told: ${beginning}${last}`;
}

function draftText(
  { content, tries, nextAt, flying, ambiguous }: Draft,
  heldUntil: number | undefined,
  now: number,
): string {
  const what = messageWord(content.kind);
  if (flying) return `${what} on its way`;
  if (heldUntil !== undefined && heldUntil > now)
    return `${what} held, asked again at ${utcNear(heldUntil, now)}`;
  if (tries === 0) return `${what} at ${utcNear(nextAt, now)}`;
  const arrived = ambiguous ? "may have arrived" : "did not get through";
  return `${what} ${arrived}: ${tries} ${tries === 1 ? "try" : "tries"}, next at ${utcNear(nextAt, now)}`;
}

function owedText(lane: Lane): readonly string[] {
  return lane.refused !== undefined || heardOrMaybe(lane) === undefined ? [] : ["its end is owed"];
}
