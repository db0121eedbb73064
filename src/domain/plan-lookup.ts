/** Finds things in an applied configuration by the names people type. Pure. */

import type { CheckId, ServiceId } from "./ids.js";
import type { CheckPlan, Plan, ServicePlan } from "./plan.js";

export function findService(plan: Plan, id: ServiceId): ServicePlan | undefined {
  const [system, service] = id.split("/");
  return plan.systems.find(({ name }) => name === system)?.services.find(({ name }) => name === service);
}

export function findCheck(plan: Plan, id: CheckId): CheckPlan | undefined {
  const [system = "", service = "", check] = id.split("/");
  return findService(plan, `${system}/${service}` as ServiceId)?.checks.find(({ name }) => name === check);
}

export function serviceIds(plan: Plan): readonly ServiceId[] {
  return plan.systems.flatMap(({ name, services }) =>
    services.map((service) => `${name}/${service.name}` as ServiceId),
  );
}

export function checkIds(plan: Plan): readonly CheckId[] {
  return plan.systems.flatMap((system) =>
    system.services.flatMap((service) =>
      service.checks.map((check) => `${system.name}/${service.name}/${check.name}` as CheckId),
    ),
  );
}

/** Every alert a check declares, without subjects: those are known only once they are seen. */
export function declaredAlerts(plan: Plan): readonly string[] {
  return plan.systems.flatMap((system) =>
    system.services.flatMap((service) =>
      service.checks.flatMap((check) =>
        check.rules.map((rule) => `${system.name}/${service.name}/${check.name}/${rule.name}`),
      ),
    ),
  );
}
