/** What runs says of the alerts and the incident that are asked about. */

import { parseServiceId, RESERVED_SYSTEM } from "../../domain/ids.js";
import type { Plan } from "../../domain/plan.js";
import type { IncidentStatus, LiveGuards } from "../../temporal/live-status.js";
import type { Operations } from "../../temporal/operations.js";
import type { Sources } from "../sources.js";
import type { MonitorNow } from "../monitors.js";
import { appliedPlan, monitorsNow } from "../monitors.js";
import { monitorsOfService } from "../service-monitors.js";
import type { WhyTarget } from "../target.js";
import { isMeant } from "./meant.js";

/** `guards` is absent when no monitor of the service answers, `incident` when none runs or answers. */
interface Live {
  readonly guards?: readonly LiveGuards[];
  readonly incident?: IncidentStatus;
  /** Of the system; all of them where Tocsin itself is asked about. Absent when Temporal does not answer. */
  readonly monitors?: readonly MonitorNow[];
  readonly notes: readonly string[];
}

/** Rejects with TMP-001 only when nothing was stored either. */
export async function readLive(sources: Sources, target: WhyTarget, isStored: boolean): Promise<Live> {
  let operations: Operations;
  try {
    operations = await sources.operations();
  } catch (error) {
    // What was stored is worth more than an error, when there is any.
    if (!isStored) throw error;
    return { notes: ["Temporal does not answer: this is what was stored last"] };
  }
  const plan = await appliedPlan(sources);
  const { system } = parseServiceId(target.service);
  const [guards, incident, monitors] = await Promise.all([
    readGuards(operations, plan, target),
    operations.incidentStatus(target.service),
    monitorsNow(operations, plan, system === RESERVED_SYSTEM ? undefined : system),
  ]);
  return {
    ...(guards === undefined ? {} : { guards: guards.filter(({ alert }) => isMeant(alert, target)) }),
    ...(incident.state === "answered" ? { incident: incident.value } : {}),
    monitors,
    notes: [
      ...(guards === undefined ? [`no monitor of ${target.service} answers: its clocks are not known`] : []),
      ...(incident.state === "no-worker"
        ? ["no worker answers for the incident: this is what was stored last"]
        : []),
    ],
  };
}

/** Undefined when no monitor that may have the service answers. */
async function readGuards(
  operations: Operations,
  plan: Plan | undefined,
  target: WhyTarget,
): Promise<readonly LiveGuards[] | undefined> {
  const { system } = parseServiceId(target.service);
  // Tocsin's own incidents have no monitor of theirs: their members come from the monitors that are blind.
  if (system === RESERVED_SYSTEM) return [];
  const known = plan === undefined ? [] : monitorsOfService(plan, target.service);
  const monitors =
    known.length === 0
      ? (await operations.listMonitors()).filter((monitor) => monitor.system === system)
      : known;
  const asked = await Promise.all(monitors.map((monitor) => operations.monitorWhy(monitor)));
  const answers = asked.flatMap((each) => (each.state === "answered" ? [each.value] : []));
  return answers.length === 0 ? undefined : answers.flat();
}
