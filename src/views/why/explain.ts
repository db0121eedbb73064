/**
 * Why somebody was paged, or was not: every edge of an alert with the numbers it was decided on, and for each notifier when it was
 * told or what kept it from being told. Pure: everything it says is in its input.
 */

import { isEpisode } from "../../domain/alert-machine.js";
import type { AlertId } from "../../domain/ids.js";
import type { AlertTransition } from "../../domain/story.js";
import type { LiveGuards } from "../../temporal/live-status.js";
import { clockUtc } from "../times.js";
import { explainEdge } from "./edges.js";
import { explainGuards } from "./guards.js";
import { incidentLines } from "./incident-lines.js";
import type { Spell } from "./spells.js";
import { spellsOf } from "./spells.js";
import type { WhyIncident } from "./why-incident.js";
import { hadMember } from "./why-incident.js";
import type { WhyLine } from "./why-line.js";
import { counted, fact, heading } from "./why-line.js";

export interface WhyInput {
  /** What the person asked about, as typed. */
  readonly target: string;
  readonly now: number;
  /** Any order; of every alert asked about. */
  readonly transitions: readonly AlertTransition[];
  /** Newest first. */
  readonly incidents: readonly WhyIncident[];
  /** Alerts that are not simply good, from the running monitor; absent when nobody answered for it. */
  readonly guards?: readonly LiveGuards[];
  /** Spells explained per alert, the newest; earlier ones are counted. */
  readonly spells: number;
  /** How far back was looked, epoch milliseconds. */
  readonly from: number;
}

export function explain(input: WhyInput): readonly WhyLine[] {
  const { now, transitions, guards = [] } = input;
  const spells = spellsOf(transitions);
  const alerts = [...new Set([...spells.map(({ alert }) => alert), ...guards.map(({ alert }) => alert)])];
  if (alerts.length === 0)
    return [...silence(input), ...input.incidents.flatMap((each) => incidentLines(each, now))];
  const told = new Set<WhyIncident>();
  return alerts
    .flatMap((alert) => {
      const own = spells.filter((spell) => spell.alert === alert);
      const shown = newest(own, input.spells);
      const earlier = own.length - shown.length;
      return [
        heading(title(alert, shown.at(-1), guards, input)),
        ...(earlier === 0
          ? []
          : [
              fact(
                `${counted(earlier, "earlier spell")} since ${clockUtc(input.from, now)}: --all shows them.`,
              ),
            ]),
        ...shown.flatMap((spell) => spellLines(spell, input, told)),
        ...guards.filter((each) => each.alert === alert).flatMap((each) => guardLines(each, input, told)),
      ];
    })
    .concat([...told].flatMap((incident) => incidentLines(incident, now)));
}

/** The last ones; and the last one that fired, because that is what people were told of. */
function newest(spells: readonly Spell[], count: number): readonly Spell[] {
  const last = spells.slice(-count);
  const fired = spells.findLast(({ episode }) => episode !== undefined);
  return fired === undefined || last.includes(fired) ? last : [fired, ...last];
}

function title(
  alert: AlertId,
  last: Spell | undefined,
  guards: readonly LiveGuards[],
  { guards: asked }: WhyInput,
): string {
  const live = guards.find((each) => each.alert === alert);
  const severity = last?.edges.at(-1)?.severity ?? live?.rule?.severity;
  const state =
    asked === undefined ? (last?.edges.at(-1)?.to ?? "unknown") : (live?.record.state ?? "inactive");
  const word = state === "inactive" ? "not firing" : state;
  const hedge = asked === undefined ? ", as it was stored last" : "";
  return `${alert} is ${word}${severity === undefined ? "" : ` (${severity})`}${hedge}`;
}

/** The spell's edges; its incident is noted in `told`, because several alerts share one. */
function spellLines(spell: Spell, input: WhyInput, told: Set<WhyIncident>): readonly WhyLine[] {
  const { now } = input;
  const edges = spell.edges.flatMap((edge, index) => explainEdge(edge, spell.edges[index - 1], now));
  const { episode, alert } = spell;
  if (episode === undefined) return edges;
  const severity = spell.edges.at(-1)?.severity;
  if (severity === "info") return [...edges, fact("Nobody is told: severity info is shown and never sent.")];
  const incident = input.incidents.find((each) => hadMember(each, alert, episode));
  if (incident === undefined) {
    return [
      ...edges,
      fact(
        `No incident is known for this time that it fired (episode ${episode}): either it has just fired, or the store has not been told.`,
        "warn",
      ),
    ];
  }
  told.add(incident);
  return edges;
}

/** The clocks of an alert; its incident is noted as well, for the time in which the store does not know of it. */
function guardLines(guards: LiveGuards, input: WhyInput, told: Set<WhyIncident>): readonly WhyLine[] {
  const { record, alert } = guards;
  const episode = isEpisode(record) ? record.episode : undefined;
  const incident =
    episode === undefined ? undefined : input.incidents.find((each) => hadMember(each, alert, episode));
  if (incident !== undefined) told.add(incident);
  return explainGuards(guards, input.now);
}

function silence({ target, guards, from, now }: WhyInput): readonly WhyLine[] {
  const since = clockUtc(from, now);
  return [
    heading(`${target}: nothing to explain`),
    fact(
      guards === undefined
        ? `Nothing was stored of it since ${since}, and no worker answers for its monitor.`
        : `It is good now, and it has been so since ${since}: no bad reading, so nobody was told.`,
    ),
  ];
}
