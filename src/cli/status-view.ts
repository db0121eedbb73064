/** What `status` has found, and how a person reads it: first what keeps Tocsin from working, then what fires, then the rest. */

import type { BlindSpot } from "./blindness.js";
import type { OpenIncident } from "./open-incidents.js";
import { incidentColumns } from "./open-incidents.js";
import { table } from "./output/table.js";
import type { PauseRow } from "./pauses.js";
import { pauseLines } from "./pauses.js";
import { quietLines } from "./quiet-lines.js";
import type { Session } from "./session.js";
import { colorsOf } from "./session.js";
import type { SystemRow } from "./system-rows.js";
import { systemColumns } from "./system-rows.js";

export interface StatusData {
  readonly blind: readonly BlindSpot[];
  /** Messages that were given up and wait for somebody, at most {@link MOST_LETTERS}; absent while the store is away. */
  readonly deadLetters?: number;
  readonly systems: readonly SystemRow[];
  readonly incidents: readonly OpenIncident[];
  readonly pauses: readonly PauseRow[];
}

/** So many dead letters are looked at; nobody reads a larger number with more alarm. */
export const MOST_LETTERS = 1_000;

/** Whether there is anything that a person should look at. */
export function isFinding({ blind, deadLetters = 0, systems, incidents }: StatusData): boolean {
  return blind.length + deadLetters + incidents.length > 0 || systems.some(({ firing }) => firing > 0);
}

/** Sections with an empty line between them. */
export function statusLines(session: Session, data: StatusData): readonly string[] {
  const { blind, systems, incidents, pauses } = data;
  const { io } = session;
  const leading = [...blindLines(session, blind), ...givenUpLines(session, data)];
  if (systems.length === 0) {
    return sections([leading, ["Nothing is watched: no configuration has been applied."]]);
  }
  const isQuiet = blind.length + incidents.length === 0 && systems.every(({ firing }) => firing === 0);
  return sections([
    leading,
    table(systemColumns(session), systems, io.width),
    table(incidentColumns(session), incidents, io.width),
    pauseLines(pauses, io.now(), io.width),
    quietLines(systems, isQuiet),
  ]);
}

export function blindLines(session: Session, blind: readonly BlindSpot[]): readonly string[] {
  const { bad } = colorsOf(session.io);
  return blind.map(({ reason }) => `${bad("BLIND")}: ${reason}.`);
}

/** A message that nobody got is as bad as what it was about, and nothing else says so. */
function givenUpLines(session: Session, { deadLetters: count = 0 }: StatusData): readonly string[] {
  if (count === 0) return [];
  const many = count >= MOST_LETTERS ? `${count} messages or more` : `${count} messages`;
  const what = count === 1 ? "1 message was given up" : `${many} were given up`;
  return [`${colorsOf(session.io).bad(what)}: tocsin deadletters list.`];
}

function sections(parts: readonly (readonly string[])[]): readonly string[] {
  return parts
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}
