/** What `up` does with configurations: through the same way as `tocsin apply`, against the servers it has just started. */

import type { App } from "../../app.js";
import { openApp } from "../../app.js";
import { createLogger } from "../../telemetry/logger.js";
import { resolveContext } from "../context.js";
import { applyFile, checkCount, handOver } from "../applying.js";
import type { Configuring } from "./configuring.js";
import { childEnvironment } from "./installation-facts.js";
import type { Whereabouts } from "./installation-facts.js";

const BY = "tocsin up";

export const appConfiguring: Configuring = {
  prepare: (where) => withApp(where, (app) => app.store.migrate()),
  apply: (file, where) =>
    withApp(where, async (app) => {
      const { plan, appliedAt } = await applyFile(app, file, childEnvironment(where, process.env), BY);
      return { revision: plan.revision, checks: checkCount(plan), appliedAt };
    }),
  resume: (where) =>
    withApp(where, async (app) => {
      const current = await app.plans.current();
      if (current === undefined) return undefined;
      await handOver(app, current.plan);
      return {
        revision: current.plan.revision,
        checks: checkCount(current.plan),
        appliedAt: current.appliedAt,
      };
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
