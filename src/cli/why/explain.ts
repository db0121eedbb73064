/**
 * Why somebody was paged, or was not: every edge of an alert with the numbers it was decided on, and for each notifier when it was
 * told or what kept it from being told. Pure: everything it says is in its input.
 */

import type { AlertId } from "../../domain/ids.js";
import type { AlertTransition } from "../../domain/story.js";
import type { LiveGuards } from "../../temporal/live-status.js";
import { clockUtc } from "../output/times.js";
import { explainEdge } from "./edges.js";
import { explainGuards } from "./guards.js";
import { incidentLines } from "./incident-lines.js";
import type { Spell } from "./spells.js";
import { beganAt, spellsOf } from "./spells.js";
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
      const shown = own.slice(-input.spells);
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
        ...guards.filter((each) => each.alert === alert).flatMap((each) => explainGuards(each, now)),
      ];
    })
    .concat([...told].flatMap((incident) => incidentLines(incident, now)));
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
  const edges = spell.edges.flatMap((edge) => explainEdge(edge, now));
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

/** When the oldest of these spells began; for reading no further back than is shown. */
export function earliest(spells: readonly Spell[]): number | undefined {
  return spells.length === 0 ? undefined : Math.min(...spells.map(beganAt));
}
