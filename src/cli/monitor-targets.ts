/** Which monitors a command about a part of a system is for: a service lives in one shard, a whole system in all of them. */

import type { MonitorCommandName, MonitorCommands } from "../../workflows/names.js";
import type { Plan } from "../domain/plan.js";
import { serviceId } from "../domain/ids.js";
import type { Told } from "../temporal/command.js";
import type { Operations } from "../temporal/operations.js";
import type { MonitorRef } from "../temporal/running.js";
import type { Installation } from "./installation.js";
import { appliedPlan } from "../views/monitors.js";
import { findService } from "../domain/plan-lookup.js";
import type { ScopeTarget } from "../views/target.js";

/**
 * Gives the command to every monitor that may be meant. Where the applied configuration is not known, or does not have the service
 * yet, all shards of the system are asked and the one that has it answers for them. One refusal among several answers is what the
 * person hears only when nobody did it.
 */
export async function tellMonitors<Name extends MonitorCommandName>(
  installation: Installation,
  scope: ScopeTarget,
  name: Name,
  input: MonitorCommands[Name] & { readonly command_id?: string },
): Promise<Told> {
  const operations = await installation.operations();
  const monitors = await monitorsFor(operations, await appliedPlan(installation), scope);
  const told = await Promise.all(monitors.map((monitor) => operations.commandMonitor(monitor, name, input)));
  return (
    told.find(({ how }) => how === "signalled") ??
    told.find((each) => each.how === "answered" && each.answer.ok) ??
    told.find(({ how }) => how === "answered") ?? { how: "absent" }
  );
}

async function monitorsFor(
  operations: Operations,
  plan: Plan | undefined,
  { system, service }: ScopeTarget,
): Promise<readonly MonitorRef[]> {
  const known =
    service === undefined || plan === undefined ? undefined : findService(plan, serviceId(system, service));
  if (known !== undefined) return [{ system, shard: known.shard }];
  const running = await operations.listMonitors();
  return running.filter((monitor) => monitor.system === system);
}
