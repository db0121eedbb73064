/** Why somebody was told, or was not: gathered, refused where the name is a slip of the fingers, and explained. */

import { checkIds, declaredAlerts, serviceIds } from "../../domain/plan-lookup.js";
import { appliedPlan } from "../monitors.js";
import type { PauseRow } from "../pauses.js";
import type { Sources } from "../sources.js";
import { whyTarget } from "../target.js";
import type { WhyTarget } from "../target.js";
import type { WhyInput } from "./why-input.js";
import { explain } from "./explain.js";
import { unknownName } from "../unknown-name.js";
import type { Looking } from "./gather.js";
import { gatherWhy } from "./gather.js";
import type { WhyLine } from "./why-line.js";

export interface WhyData {
  readonly lines: readonly WhyLine[];
  readonly transitions: WhyInput["transitions"];
  readonly incidents: WhyInput["incidents"];
  readonly guards: WhyInput["guards"] | null;
  /** What keeps it from being probed now; null when Temporal does not answer. */
  readonly pauses: readonly PauseRow[] | null;
}

export interface WhyRead {
  readonly data: WhyData;
  /** What could not be read, for the person. */
  readonly notes: readonly string[];
}

/** Rejects with CLI-001 for what can be no name, CLI-006 for one that is not configured and never was in trouble. */
export async function readWhy(sources: Sources, which: string, looking: Looking): Promise<WhyRead> {
  const target = whyTarget(which);
  const { input, notes } = await gatherWhy(sources, which, target, looking);
  const { transitions, incidents, guards, watch } = input;
  if (transitions.length === 0 && (guards ?? []).length === 0) await refuseUnknown(sources, which, target);
  const data = { transitions, incidents, guards: guards ?? null, pauses: watch?.pauses ?? null };
  return { data: { lines: explain(input), ...data }, notes };
}

/** A name that the configuration does not have and that was never in trouble is a slip of the fingers. Throws CLI-006. */
async function refuseUnknown(sources: Sources, which: string, target: WhyTarget): Promise<void> {
  const plan = await appliedPlan(sources);
  if (plan === undefined) return;
  const names: Readonly<Record<WhyTarget["kind"], readonly string[]>> = {
    service: serviceIds(plan),
    check: checkIds(plan),
    alert: declaredAlerts(plan),
  };
  const known = names[target.kind];
  const wanted = which.split("/").slice(0, 4).join("/");
  if (known.includes(wanted) || which.startsWith("tocsin/")) return;
  throw unknownName(plan, target.kind, wanted, known);
}
