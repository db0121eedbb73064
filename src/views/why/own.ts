/** Tocsin's own incidents: no monitor of theirs judges them, so what they are about is read from their log. Pure. */

import { clock } from "../times.js";
import type { WhyInput } from "./why-input.js";
import { incidentLines } from "./incident-lines.js";
import { isMeant } from "./meant.js";
import type { WhyIncident } from "./why-incident.js";
import { isClosed, reaches } from "./why-incident.js";
import type { WhyLine } from "./why-line.js";
import { event, fact, heading } from "./why-line.js";

export function ownLines(input: WhyInput): readonly WhyLine[] {
  const { target, now, from, incidents } = input;
  const within = incidents.filter((each) => reaches(each, from));
  const open = within.find((each) => isOpen(each));
  const severity = open?.severities[0];
  const sees = input.watch?.spots.length === 0;
  const state = open === undefined ? (sees ? "is not firing" : "has no open incident") : "is firing";
  const hedge = open !== undefined && open.live === undefined ? ", as it was stored last" : "";
  return [
    heading(`${target} ${state}${severity === undefined ? "" : ` (${severity})`}${hedge}`),
    ...(open === undefined ? sightLines(input) : []),
    ...[...within].reverse().flatMap((each) => memberLines(each, input)),
    ...within.flatMap((each) => incidentLines(each, now)),
  ];
}

function isOpen(incident: WhyIncident): boolean {
  const { live, events } = incident;
  if (live !== undefined) return !live.closed && live.endedAt === undefined;
  const last = events.findLast(({ kind }) => ["opened", "reopened", "ended", "closed"].includes(kind));
  return !isClosed(incident) && last !== undefined && last.kind !== "ended";
}

/** Whether Tocsin sees, where no incident says that it does not. */
function sightLines({ watch }: WhyInput): readonly WhyLine[] {
  if (watch === undefined) {
    return [fact("Temporal does not answer: whether Tocsin sees now is not known.", "warn")];
  }
  if (watch.spots.length > 0) return watch.spots.map(({ reason }) => fact(`${upper(reason)}.`, "bad"));
  return [fact("Every monitor sees: nothing has been unknown for longer than its rule allows.", "good")];
}

/** What it does not see, and since when it sees that again. */
function memberLines({ events, live }: WhyIncident, { about, now }: WhyInput): readonly WhyLine[] {
  const edges = events.filter(
    ({ kind, facts }) =>
      (kind === "member" || kind === "member-ended") &&
      typeof facts.alert === "string" &&
      isMeant(facts.alert, about),
  );
  if (edges.length > 0) {
    return edges.map(({ at, kind, text }) => event(at, `${text}.`, kind === "member" ? "bad" : "good"));
  }
  // The store has not been told yet: the workflow itself knows.
  return (live?.members ?? [])
    .filter(({ alert }) => isMeant(alert, about))
    .map(({ reason, since }) => fact(`Since ${clock(since, now)}: ${reason}.`, "bad"));
}

function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
