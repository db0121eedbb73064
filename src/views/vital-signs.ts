/**
 * Whether Tocsin sees and does its work, in few and bounded numbers: what a scrape shows. Asks every monitor, the list of incidents
 * and the store once; whoever is away is said to be away.
 */

import { parseServiceId } from "../domain/ids.js";
import type { Plan } from "../domain/plan.js";
import { TocsinError } from "../errors.js";
import { inTime, LATE } from "../lib/in-time.js";
import type { Operations } from "../temporal/operations.js";
import { monitorsOf } from "../temporal/sync.js";
import { blindSpots } from "./blindness.js";
import { fromStore } from "./from-store.js";
import type { MonitorNow } from "./monitors.js";
import { appliedPlan, monitorName, monitorsNow } from "./monitors.js";
import type { Sources } from "./sources.js";
import { MOST_LETTERS } from "./status.js";
import type { SystemSigns } from "./system-signs.js";
import { systemSigns } from "./system-signs.js";

const INCIDENT_STATES = ["open", "acknowledged", "paused"] as const;

export interface VitalSigns {
  /** When it was asked for, epoch milliseconds. */
  readonly at: number;
  /** Something that should be watched is not seen, or nobody knows what should be. */
  readonly blind: boolean;
  readonly temporal: boolean;
  readonly store: boolean;
  readonly monitors: readonly { readonly monitor: string; readonly blind: boolean }[];
  readonly systems: readonly SystemSigns[];
  /** Every state of every system; absent while Temporal is away. */
  readonly incidents?: readonly IncidentCount[];
  /** At most {@link MOST_LETTERS}; absent while the store is away. */
  readonly deadLetters?: number;
}

interface IncidentCount {
  readonly system: string;
  readonly state: (typeof INCIDENT_STATES)[number];
  readonly count: number;
}

/** What the store may take to answer: it must not make anybody look blind who sees. */
const STORE_MS = 1_000;

/**
 * Answers anew at every call, and rejects on what is neither Temporal nor the store being away. What was applied last is remembered
 * for when nobody can say it.
 */
export function vitalSignsReader(sources: Sources): (now: number) => Promise<VitalSigns> {
  let known: Plan | undefined;
  return async (now) => {
    const plan = await inTime(appliedPlan(sources), STORE_MS);
    if (plan !== LATE && plan !== undefined) known = plan;
    return readVitalSigns(sources, known, now);
  };
}

async function readVitalSigns(sources: Sources, plan: Plan | undefined, now: number): Promise<VitalSigns> {
  const [running, letters] = await Promise.all([
    whatRuns(sources, async (operations) => {
      const [monitors, incidents] = await Promise.all([
        monitorsNow(operations, plan),
        operations.listIncidents(),
      ]);
      return { monitors, incidents };
    }),
    inTime(
      fromStore(sources, (store) => store.deadLetters({ state: "dead", limit: MOST_LETTERS })),
      STORE_MS,
    ),
  ]);
  const unasked = (plan === undefined ? [] : monitorsOf(plan)).map((monitor): MonitorNow => ({
    monitor,
    asked: { state: "no-worker" },
  }));
  const monitors = running?.monitors ?? unasked;
  const nothingKnown = monitors.length === 0 && plan === undefined;
  const names = [...new Set(monitors.map(({ monitor }) => monitor.system))];
  return {
    at: now,
    blind: running === undefined || nothingKnown || blindSpots(monitors, now).length > 0,
    temporal: running !== undefined,
    store: letters !== LATE && letters.there,
    monitors: monitors.map((each) => ({
      monitor: monitorName(each.monitor),
      blind: blindSpots([each], now).length > 0,
    })),
    systems: names.map((name) =>
      systemSigns(
        name,
        monitors.filter(({ monitor }) => monitor.system === name),
        plan,
        now,
      ),
    ),
    ...(running === undefined ? {} : { incidents: incidentCounts(names, running.incidents) }),
    ...(letters !== LATE && letters.there ? { deadLetters: letters.value.length } : {}),
  };
}

/** Undefined when Temporal does not answer. */
async function whatRuns<T>(
  sources: Sources,
  ask: (operations: Operations) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask(await sources.operations());
  } catch (error) {
    if (error instanceof TocsinError && error.code.startsWith("TMP-")) return undefined;
    throw error;
  }
}

/** By what they last wrote into their search attributes: a list needs no worker, and asks none for every incident there is. */
function incidentCounts(
  systems: readonly string[],
  running: Awaited<ReturnType<Operations["listIncidents"]>>,
): readonly IncidentCount[] {
  const open = running.map(({ service, state = "open" }) => ({
    system: parseServiceId(service).system,
    state,
  }));
  const names = [...new Set([...systems, ...open.map(({ system }) => system)])];
  return names.flatMap((system) =>
    INCIDENT_STATES.map((state) => ({
      system,
      state,
      count: open.filter((each) => each.system === system && each.state === state).length,
    })),
  );
}
