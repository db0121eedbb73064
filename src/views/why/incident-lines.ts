/** Who was told of one incident, who was not, and what people did to it. Pure. */

import type { LiveConversation } from "../../temporal/live-status.js";
import { clock } from "../times.js";
import { toldBy } from "./told.js";
import { policyNotifiers, whyUntold } from "./untold.js";
import type { WhyIncident } from "./why-incident.js";
import { num } from "./edges.js";
import type { WhyLine } from "./why-line.js";
import { detail, event, fact, heading } from "./why-line.js";

export function incidentLines(incident: WhyIncident, now: number): readonly WhyLine[] {
  return [
    heading(`Who was told (incident ${incident.incident})`),
    ...peopleLines(incident, now),
    ...notifierLines(incident, now),
    ...nextLines(incident, now),
  ];
}

function notifierLines(incident: WhyIncident, now: number): readonly WhyLine[] {
  const lanes = incident.live?.lanes ?? [];
  const names = [
    ...new Set([
      ...policyNotifiers(incident),
      ...incident.deliveries.map(({ notifier }) => notifier),
      ...lanes.map(({ notifier }) => notifier),
    ]),
  ];
  if (names.length === 0) {
    const [severity] = incident.severities;
    return [
      fact(
        incident.policy === undefined
          ? "Nobody has been told yet."
          : `Nobody: policy '${incident.policy.name}' has no step for ${severity ?? "this severity"}.`,
      ),
    ];
  }
  return names.flatMap((name) => {
    const records = incident.deliveries.filter(({ notifier }) => notifier === name);
    const told = toldBy(
      records,
      lanes.find(({ notifier }) => notifier === name),
      now,
    );
    if (told.told) return together(`${name} was told`, "good", told.texts);
    if (told.tried) return together(`${name} has not been told`, "warn", told.texts);
    return [fact(`${name} ${whyUntold(name, incident, now)}.`)];
  });
}

/** One thing to say goes on one line. */
function together(head: string, tone: WhyLine["tone"], texts: readonly string[]): readonly WhyLine[] {
  const [only, ...more] = texts;
  if (only !== undefined && more.length === 0) return [fact(`${head}: ${only}`, tone)];
  return [fact(`${head}:`, tone), ...texts.map(detail)];
}

/** What a person did, and what an acknowledgement or pause came to. */
function peopleLines({ events }: WhyIncident, now: number): readonly WhyLine[] {
  return events.flatMap(({ at, kind, text, by, facts }): readonly WhyLine[] => {
    const who = by ?? "somebody";
    const until = num(facts, "until");
    const end = until === undefined ? "" : ` until ${clock(until, now)}`;
    switch (kind) {
      case "reopened":
        return [event(at, `opened again: ${text}.`, "warn")];
      case "acknowledged":
        return [
          event(
            at,
            `${who} acknowledged: no further steps and repeats${end}${remark(text, "acknowledged")}.`,
          ),
        ];
      case "unacknowledged":
        return [event(at, `${text}; it pages again.`, "warn")];
      case "paused":
        return [event(at, `${who} paused it${end}: nobody is told but of ends${remark(text, "paused")}.`)];
      case "resumed":
        return [event(at, by === undefined ? `resumed: ${text}.` : `${by} resumed it.`)];
      case "escalated":
        return [event(at, `${who} escalated by hand: the next step was told at once.`)];
      case "resolving":
        return [event(at, `${who} resolved it by hand${remark(text, "resolved")}.`)];
      case "refused":
        return [event(at, `${who}: ${text}.`, "warn")];
      case "comment":
        return [event(at, `${who} noted: ${text}`)];
      default:
        return [];
    }
  });
}

/** A note that only repeats what was done says nothing. */
function remark(text: string, verb: string): string {
  return text.startsWith(verb) ? "" : ` ("${text}")`;
}

/** Who hears next; one who has heard nothing yet has that said in its own line. */
function nextLines(incident: WhyIncident, now: number): readonly WhyLine[] {
  const { live, deliveries } = incident;
  if (live === undefined || live.closed || live.endedAt !== undefined) return [];
  const { next, lanes } = live;
  if (next === undefined) return [fact(standstill(live, now))];
  const again = next.notify.filter(
    (name) =>
      lanes.some(({ notifier }) => notifier === name) || deliveries.some(({ notifier }) => notifier === name),
  );
  if (again.length === 0) return [];
  return [
    fact(`Next: ${again.join(", ")} again at ${clock(next.at, now)} unless acknowledged or over by then.`),
  ];
}

/** Why no step comes now, and what ends that. */
function standstill(live: LiveConversation, now: number): string {
  const { pause, acknowledgement, lanes, members } = live;
  if (pause !== undefined) {
    return `No step comes before the pause ends at ${clock(pause.until, now)}; the end is told all the same.`;
  }
  if (live.state === "acknowledged" && acknowledgement?.until !== undefined) {
    return `No step comes before ${clock(acknowledgement.until, now)}; it pages again then if it still fires.`;
  }
  if (lanes.some(({ draft, heldUntil }) => draft !== undefined && (heldUntil ?? 0) > now)) {
    return "The steps stand still while it is held.";
  }
  if (members.length > 0 && members.every(({ paused }) => paused !== undefined)) {
    return "The steps stand still while nothing of it is probed.";
  }
  const told = lanes.some(({ heard }) => heard !== undefined);
  return told ? "No step is left; the end is told to everybody who was told." : "No step is left.";
}
