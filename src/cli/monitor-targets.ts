/** Which monitors a command about a part of a system is for: a check lives in one shard, a service or a system in one or several. */

import type { MonitorCommandName, MonitorCommands } from "../../workflows/names.js";
import type { Plan } from "../domain/plan.js";
import { serviceId } from "../domain/ids.js";
import type { Told } from "../temporal/command.js";
import type { Operations } from "../temporal/operations.js";
import type { MonitorRef } from "../temporal/running.js";
import type { Installation } from "./installation.js";
import { appliedPlan } from "../views/monitors.js";
import { monitorsOfService } from "../views/service-monitors.js";
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
  scope: ScopeTarget,
): Promise<readonly MonitorRef[]> {
  const { system, service, check } = scope;
  const known =
    plan === undefined || service === undefined
      ? []
      : monitorsOfService(plan, serviceId(system, service), check);
  if (known.length > 0) return known;
  const running = await operations.listMonitors();
  return running.filter((monitor) => monitor.system === system);
}
