/**
 * Why somebody was paged, or was not: every edge of an alert with the numbers it was decided on, and for each notifier when it was
 * told or what kept it from being told. Pure: everything it says is in its input.
 */

import { isEpisode } from "../../domain/alert-machine.js";
import type { AlertId } from "../../domain/ids.js";
import { parseServiceId, RESERVED_SYSTEM } from "../../domain/ids.js";
import type { LiveGuards } from "../../temporal/live-status.js";
import { clock, clockUtc } from "../times.js";
import type { PauseRow } from "../pauses.js";
import { pauseOver } from "../pauses.js";
import { explainEdge } from "./edges.js";
import { explainGuards } from "./guards.js";
import { incidentLines } from "./incident-lines.js";
import { ownLines } from "./own.js";
import { pausedLine, quietLines } from "./quiet.js";
import type { Spell } from "./spells.js";
import { spellsOf } from "./spells.js";
import type { WhyIncident } from "./why-incident.js";
import { hadMember } from "./why-incident.js";
import type { WhyInput } from "./why-input.js";
import type { WhyLine } from "./why-line.js";
import { counted, fact, heading } from "./why-line.js";

export function explain(input: WhyInput): readonly WhyLine[] {
  const { now, transitions, guards = [] } = input;
  const spells = spellsOf(transitions);
  const alerts = [...new Set([...spells.map(({ alert }) => alert), ...guards.map(({ alert }) => alert)])];
  if (alerts.length === 0) {
    const { system } = parseServiceId(input.about.service);
    return system === RESERVED_SYSTEM ? ownLines(input) : quietLines(input);
  }
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
        ...pauseLines(alert, input),
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
  { guards: asked, watch }: WhyInput,
): string {
  const pause = pauseOver(watch?.pauses ?? [], alert);
  const live = guards.find((each) => each.alert === alert);
  const severity = last?.edges.at(-1)?.severity ?? live?.rule?.severity;
  const state = asked === undefined ? (last?.edges.at(-1)?.to ?? "unknown") : liveState(live, pause);
  const word = state === "inactive" ? "not firing" : state;
  const hedge = asked === undefined ? ", as it was stored last" : "";
  return `${alert} is ${word}${severity === undefined ? "" : ` (${severity})`}${hedge}`;
}

/** Base state and overlays. An alert that the monitor does not remember is good, unless nobody looks at it. */
function liveState(guards: LiveGuards | undefined, pause: PauseRow | undefined): string {
  const { state, unknownSince, pausedAt } = guards?.record ?? { state: "inactive" as const };
  const isPaused = pausedAt !== undefined || (guards === undefined && pause !== undefined);
  const overlays = [...(isPaused ? ["paused"] : []), ...(unknownSince === undefined ? [] : ["unknown"])];
  if (state === "inactive") return overlays.length === 0 ? state : overlays.join(", ");
  return [state, ...overlays].join(", ");
}

/** By whom, until when and why nobody looks at it. */
function pauseLines(alert: AlertId, { watch, guards, now }: WhyInput): readonly WhyLine[] {
  const pause = pauseOver(watch?.pauses ?? [], alert);
  if (pause !== undefined) return [pausedLine(pause, alert, now)];
  const pausedAt = guards?.find((each) => each.alert === alert)?.record.pausedAt;
  // Its end has passed, and the reading that decides is on its way.
  return pausedAt === undefined
    ? []
    : [
        fact(
          `It was paused at ${clock(pausedAt, now)}: its clocks stand still until it is probed again.`,
          "warn",
        ),
      ];
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
