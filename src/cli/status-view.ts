/** How a person reads what `status` has found: first what keeps Tocsin from working, then what fires, then the rest. */

import type { BlindSpot } from "../views/blindness.js";
import type { Status } from "../views/status.js";
import { MOST_LETTERS } from "../views/status.js";
import { incidentColumns } from "./incident-columns.js";
import { table } from "./output/table.js";
import { pauseLines } from "./pause-lines.js";
import { quietLines } from "./quiet-lines.js";
import type { Session } from "./session.js";
import { colorsOf } from "./session.js";
import { systemColumns } from "./system-columns.js";

/** Sections with an empty line between them. */
export function statusLines(session: Session, data: Status): readonly string[] {
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
function givenUpLines(session: Session, { deadLetters: count = 0 }: Status): readonly string[] {
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
