/** Whether Tocsin sees, what fires, who has it. */

import { parseServiceId, RESERVED_SYSTEM, serviceOfIncident } from "../domain/ids.js";
import type { Plan } from "../domain/plan.js";
import type { DeadLetter } from "../store/store.js";
import type { BlindSpot } from "./blindness.js";
import { blindSpots } from "./blindness.js";
import type { FromStore } from "./from-store.js";
import { fromStore } from "./from-store.js";
import { appliedPlan, monitorsNow } from "./monitors.js";
import type { OpenIncident } from "./open-incidents.js";
import { openIncidents } from "./open-incidents.js";
import type { PauseRow } from "./pauses.js";
import { pausesNow } from "./pauses.js";
import type { Sources } from "./sources.js";
import type { SystemRow } from "./system-rows.js";
import { systemRow } from "./system-rows.js";
import { unknownSystem } from "./unknown-name.js";

export interface Status {
  readonly blind: readonly BlindSpot[];
  /** Messages that were given up and wait for somebody, at most {@link MOST_LETTERS}; absent while the store is away. */
  readonly deadLetters?: number;
  readonly systems: readonly SystemRow[];
  readonly incidents: readonly OpenIncident[];
  readonly pauses: readonly PauseRow[];
}

export interface StatusRead {
  readonly status: Status;
  readonly store: FromStore<unknown>;
  /** The configuration applied last; undefined when none is known here. */
  readonly plan: Plan | undefined;
  /** No monitor runs, and nothing that answers says what should be watched. */
  readonly nothingKnown: boolean;
}

/** So many dead letters are looked at; nobody reads a larger number with more alarm. */
export const MOST_LETTERS = 1_000;
export const NOTHING_KNOWN = "nothing says what should be watched";

/** Of one system, or of all. Rejects with CLI-005 for a system that nobody knows. */
export async function readStatus(
  sources: Sources,
  system: string | undefined,
  now: number,
): Promise<StatusRead> {
  const operations = await sources.operations();
  const plan = await appliedPlan(sources);
  const [monitors, incidents, letters] = await Promise.all([
    monitorsNow(operations, plan, system),
    openIncidents(operations, system),
    fromStore(sources, (store) => store.deadLetters({ state: "dead", limit: MOST_LETTERS })),
  ]);
  const nothingKnown = monitors.length === 0 && plan === undefined && !letters.there;
  if (system !== undefined && monitors.length === 0 && !nothingKnown) throw unknownSystem(plan, system);
  return {
    status: {
      blind: nothingKnown ? [{ system: "", reason: NOTHING_KNOWN }] : blindSpots(monitors, now),
      ...(letters.there ? { deadLetters: countOf(letters.value, system) } : {}),
      systems: monitors.map((monitor) => systemRow(monitor, now)),
      incidents,
      pauses: pausesNow(monitors, now),
    },
    store: letters,
    plan,
    nothingKnown,
  };
}

/** Whether there is anything that a person should look at. */
export function isFinding({ blind, deadLetters = 0, systems, incidents }: Status): boolean {
  return blind.length + deadLetters + incidents.length > 0 || systems.some(({ firing }) => firing > 0);
}

/** Of a system: its own and those of Tocsin itself, which tell of it too. */
function countOf(letters: readonly DeadLetter[], system: string | undefined): number {
  if (system === undefined) return letters.length;
  const systems = letters.map(({ incident }) => parseServiceId(serviceOfIncident(incident)).system);
  return systems.filter((each) => each === system || each === RESERVED_SYSTEM).length;
}
