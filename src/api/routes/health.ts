/** `/healthz`: this process answers. `/readyz`: Tocsin does its work. Both are open: load balancers and watchdogs have no token. */

import type { FastifyInstance } from "fastify";

import type { AccessOptions } from "../access.js";
import { mayRead } from "../access.js";
import type { ApiDependencies } from "../dependencies.js";
import { readiness } from "../readiness.js";

export function healthRoutes(
  api: FastifyInstance,
  dependencies: ApiDependencies,
  access: AccessOptions,
): void {
  const config = { access: "open" } as const;
  api.get("/healthz", { config }, () => ({ status: "ok" }));
  api.get("/readyz", { config }, async (request, reply) => {
    const report = await readiness(dependencies);
    // Details name servers: they are for who may read.
    const checks = (await mayRead(request, access)) ? report.checks : withoutDetails(report.checks);
    return reply.code(report.ready ? 200 : 503).send({ ready: report.ready, checks });
  });
}

function withoutDetails(checks: Readonly<Record<string, { readonly status: string }>>): object {
  return Object.fromEntries(Object.entries(checks).map(([name, { status }]) => [name, { status }]));
}
