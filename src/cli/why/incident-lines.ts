/** Who was told of one incident, who was not, and what people did to it. Pure. */

import { clock } from "../output/times.js";
import { toldBy } from "./told.js";
import { policyNotifiers, whyUntold } from "./untold.js";
import type { WhyIncident } from "./why-incident.js";
import { num } from "./edges.js";
import type { WhyLine } from "./why-line.js";
import { event, fact, heading } from "./why-line.js";

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
    if (told.told) return [fact(`${name} was told:`, "good"), ...told.lines];
    if (told.tried) return [fact(`${name} has not been told:`, "warn"), ...told.lines];
    return [fact(`${name} was not told: ${whyUntold(name, incident, now)}.`)];
  });
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
        return [event(at, `resumed: ${text}${by === undefined ? "" : ` by ${by}`}.`)];
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

function nextLines({ live }: WhyIncident, now: number): readonly WhyLine[] {
  if (live === undefined || live.closed || live.endedAt !== undefined) return [];
  if (live.next === undefined)
    return [fact("Nothing more is due; the end will be told to everybody who was told.")];
  return [
    fact(
      `Next: ${live.next.notify.join(", ")} at ${clock(live.next.at, now)} unless acknowledged or over by then.`,
    ),
  ];
}
