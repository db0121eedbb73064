/** `/healthz`: this process answers. `/readyz`: Tocsin does its work. Both are open: load balancers and watchdogs have no token. */

import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import type { AccessOptions } from "../access.js";
import { mayRead } from "../access.js";
import type { ApiDependencies } from "../dependencies.js";
import type { Readiness } from "../readiness.js";
import { readiness } from "../readiness.js";

const config = { access: "open" } as const;
const tags = ["health"];
const part = z.object({
  status: z.enum(["ok", "error"]),
  detail: z.string().optional().describe("For who may read: it names servers"),
});
const report = z.object({
  ready: z.boolean(),
  checks: z.object({ temporal: part, store: part, sweeps: part }),
});

export function healthRoutes(
  api: FastifyInstance,
  dependencies: ApiDependencies,
  access: AccessOptions,
): void {
  const typed = api.withTypeProvider<ZodTypeProvider>();
  typed.get(
    "/healthz",
    {
      config,
      schema: {
        summary: "This process answers",
        tags,
        response: { 200: z.object({ status: z.literal("ok") }) },
      },
    },
    () => ({ status: "ok" as const }),
  );
  typed.get(
    "/readyz",
    { config, schema: { summary: "Tocsin does its work", tags, response: { 200: report, 503: report } } },
    async (request, reply) => {
      const { ready, checks } = await readiness(dependencies);
      const shown = (await mayRead(request, access)) ? checks : withoutDetails(checks);
      return reply.code(ready ? 200 : 503).send({ ready, checks: shown });
    },
  );
}

function withoutDetails({ temporal, store, sweeps }: Readiness["checks"]): Readiness["checks"] {
  return {
    temporal: { status: temporal.status },
    store: { status: store.status },
    sweeps: { status: sweeps.status },
  };
}
