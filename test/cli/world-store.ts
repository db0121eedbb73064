/** The store of a Tocsin under virtual time: what its workflows have recorded, asked for as the true store answers. */

import type { CheckId } from "../../src/domain/ids.js";
import { serviceOfAlert, serviceOfIncident } from "../../src/domain/ids.js";
import { TocsinError } from "../../src/errors.js";
import type { DeadLetter, IncidentSummary, RollupRow, Store, TimeRange } from "../../src/store/store.js";
import type { TocsinWorld } from "../support/tocsin-world.js";

const STEP_MS = 300_000;

/** Rejects while it is away. */
export function worldStore(world: TocsinWorld, away: { readonly store?: boolean }): Store {
  const there = <T>(value: () => T): Promise<T> =>
    away.store === true
      ? Promise.reject(new TocsinError("STO-001", "store 127.0.0.1:5432/tocsin: connect ECONNREFUSED"))
      : Promise.resolve(value());
  const never = (): Promise<never> => Promise.reject(new Error("not asked for here"));
  const newestFirst = <T extends { readonly at: number; readonly seq: number }>(
    rows: readonly T[],
  ): readonly T[] => [...rows].sort((a, b) => b.at - a.at || b.seq - a.seq);
  return {
    ping: () => there(() => 1),
    transitions: ({ alert, service, range, limit }) =>
      there(() =>
        newestFirst(world.transitions)
          .filter((edge) => alert === undefined || edge.alert === alert)
          .filter((edge) => service === undefined || serviceOfAlert(edge.alert) === service)
          .filter(({ at }) => range === undefined || (at >= range.from && at < range.to))
          .slice(0, limit),
      ),
    incidents: ({ open, service, limit }) =>
      there(() =>
        summaries(world)
          .filter((each) => open === undefined || (each.endedAt === undefined) === open)
          .filter((each) => service === undefined || each.service === service)
          .slice(0, limit),
      ),
    incidentEvents: (incident) => there(() => world.events.filter((each) => each.incident === incident)),
    deliveries: ({ incident, limit }) =>
      there(() =>
        newestFirst(world.deliveries)
          .filter((each) => incident === undefined || each.incident === incident)
          .slice(0, limit),
      ),
    deadLetters: ({ limit }) => there(() => deadLetters(world).slice(0, limit)),
    readings: (check, { from, to }, limit) =>
      there(() =>
        world.readings
          .filter((each) => each.check === check && each.at >= from && each.at < to)
          .slice(-limit),
      ),
    rollups: (check, range) => there(() => buckets(world, check, range)),
    lastReadings: () => there(() => []),
    close: () => Promise.resolve(),
    migrate: never,
    revision: never,
    currentRevision: never,
    saveRevision: never,
    recordReadings: never,
    recordStory: never,
    markDeadLetter: never,
    createToken: never,
    tokens: never,
    revokeToken: never,
    touchTokens: never,
    recordPings: never,
    pings: never,
    heartbeats: never,
    noteReceiver: never,
    recordAlerts: never,
    endAlert: never,
    inbox: never,
    housekeep: never,
  };
}

/** Of five minutes each; those that have a reading. */
function buckets(world: TocsinWorld, check: CheckId, { from, to }: TimeRange): readonly RollupRow[] {
  const found = new Map<number, RollupRow>();
  for (const { at, outcome } of world.readings.filter((each) => each.check === check)) {
    const begin = at - (at % STEP_MS);
    if (begin <= from - STEP_MS || at >= to) continue;
    const none = { check, from: begin, ms: STEP_MS, good: 0, degraded: 0, bad: 0, unknown: 0 };
    const row = found.get(begin) ?? none;
    found.set(begin, { ...row, [outcome]: row[outcome] + 1 });
  }
  return [...found.values()];
}

/** Newest first; none has been dealt with. */
function deadLetters(world: TocsinWorld): readonly DeadLetter[] {
  const dead = world.deliveries.filter(({ result }) => result === "dead" || result === "rejected");
  return [...dead].reverse().map(({ key, incident, notifier, n, kind, at, attempt, reason = "" }) => ({
    key,
    incident,
    notifier,
    n,
    kind,
    at,
    attempts: attempt,
    reason,
    state: "dead",
  }));
}

function summaries(world: TocsinWorld): readonly IncidentSummary[] {
  const ids = [...new Set(world.events.map(({ incident }) => incident))];
  return ids
    .flatMap((incident): readonly IncidentSummary[] => {
      const events = world.events.filter((each) => each.incident === incident);
      const first = events[0];
      const last = events.at(-1);
      if (first === undefined || last === undefined) return [];
      const endedAt = events.findLast(({ kind }) => kind === "ended")?.at;
      const closedAt = events.findLast(({ kind }) => kind === "closed")?.at;
      return [
        {
          incident,
          service: serviceOfIncident(incident),
          openedAt: first.at,
          severity: events.some(({ facts }) => facts.severity === "critical") ? "critical" : "warning",
          lastEvent: last.kind,
          lastEventAt: last.at,
          ...(endedAt === undefined ? {} : { endedAt }),
          ...(closedAt === undefined ? {} : { closedAt }),
        },
      ];
    })
    .sort((a, b) => b.openedAt - a.openedAt);
}
