/** The HTTP listener. For now health and readiness; it listens on the loopback only. */

import fastify from "fastify";
import type { FastifyInstance } from "fastify";

import type { ApiDependencies } from "./dependencies.js";
import { readiness } from "./readiness.js";

/** Not yet listening; `inject` works. */
export function createApi(dependencies: ApiDependencies): FastifyInstance {
  const api = fastify({ bodyLimit: 64 * 1024, requestTimeout: 10_000 });
  api.get("/healthz", () => ({ status: "ok" }));
  api.get("/readyz", async (_request, reply) => {
    const report = await readiness(dependencies);
    return reply.code(report.ready ? 200 : 503).send(report);
  });
  return api;
}
