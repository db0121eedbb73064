/** What `up` does with configurations: through the same way as `tocsin apply`, against the servers it has just started. */

import type { App } from "../../app.js";
import { openApp } from "../../app.js";
import { serviceId } from "../../domain/ids.js";
import type { Plan } from "../../domain/plan.js";
import { createLogger } from "../../telemetry/logger.js";
import { resolveContext } from "../context.js";
import { applyFile, checkCount, handOver } from "../applying.js";
import type { Applied, Configuring } from "./configuring.js";
import { childEnvironment } from "./installation-facts.js";
import type { Whereabouts } from "./installation-facts.js";

const BY = "tocsin up";

export const appConfiguring: Configuring = {
  prepare: (where) => withApp(where, (app) => app.store.migrate()),
  apply: (file, where) =>
    withApp(where, async (app) => {
      const { plan, appliedAt } = await applyFile(app, file, childEnvironment(where, process.env), BY);
      return applied(plan, appliedAt);
    }),
  resume: (where) =>
    withApp(where, async (app) => {
      const current = await app.plans.current();
      if (current === undefined) return undefined;
      await handOver(app, current.plan);
      return applied(current.plan, current.appliedAt);
    }),
};

async function withApp<T>(where: Whereabouts, work: (app: App) => Promise<T>): Promise<T> {
  // As the children do it: by the environment that they are given.
  const context = resolveContext({}, { env: childEnvironment(where, process.env), cwd: where.dir });
  const ui = where.ui === undefined ? {} : { ui: where.ui };
  const app = await openApp({ ...context, ...ui }, createLogger("up", { pretty: true }));
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

function applied(plan: Plan, appliedAt: number): Applied {
  const service = plan.systems
    .flatMap(({ name, services }) => services.map((each) => ({ ...each, id: serviceId(name, each.name) })))
    .find(({ checks }) => checks.length > 0)?.id;
  return {
    revision: plan.revision,
    checks: checkCount(plan),
    appliedAt,
    ...(service === undefined ? {} : { service }),
  };
}
