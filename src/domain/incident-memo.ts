/** What an incident shows beside its state in the Temporal UI: who is responsible, and where to look first. Pure. */

import type { ServiceId } from "./ids.js";
import { parseServiceId } from "./ids.js";
import type { Member } from "./members.js";
import { memberTexts } from "./member-texts.js";
import { worstFirst } from "./members.js";
import type { Plan } from "./plan.js";
import { NOBODY } from "./plan.js";

export interface IncidentMemo {
  readonly owner: string;
  /** Of the worst alert that has one. */
  readonly runbook?: string;
}

export function incidentMemo(plan: Plan, service: ServiceId, members: readonly Member[]): IncidentMemo {
  const { system, service: name } = parseServiceId(service);
  const services = plan.systems.find((each) => each.name === system)?.services ?? [];
  const owner = services.find((each) => each.name === name)?.owner ?? NOBODY;
  const [runbook] = [...members]
    .sort(worstFirst)
    .flatMap((member) => memberTexts(member, plan).runbook ?? []);
  return { owner, ...(runbook === undefined ? {} : { runbook }) };
}
