/** The HTTP listener: limits, errors, access, then one file of routes per resource. */

import type { FastifyInstance } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";

import { guardAccess } from "./access.js";
import type { ApiDependencies } from "./dependencies.js";
import { fortified } from "./fortified.js";
import type { Patience } from "./limits.js";
import { describeApi, openapiRoute } from "./openapi.js";
import { checkRoutes } from "./routes/checks.js";
import { healthRoutes } from "./routes/health.js";
import { incomingRoutes } from "./routes/incoming.js";
import { liveRoutes } from "./routes/live.js";
import { metricsRoutes } from "./routes/metrics.js";
import { pingRoutes } from "./routes/ping.js";
import { postAlertRoutes } from "./routes/post-alerts.js";
import { storedRoutes } from "./routes/stored.js";

export interface ApiOptions {
  /** Only this machine can reach it: reading needs no token as long as there is none for that. */
  readonly loopback: boolean;
  readonly patience?: Patience;
}

/** Not yet listening; `inject` works. */
export async function createApi(
  dependencies: ApiDependencies,
  options: ApiOptions,
): Promise<FastifyInstance> {
  const { keyring, log } = dependencies;
  const { api, access } = await fortified({ keyring, log, ...options });
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  await describeApi(api);
  guardAccess(api, access);
  countAnswers(api, dependencies);
  healthRoutes(api, dependencies, access);
  metricsRoutes(api, { "/metrics": () => dependencies.metrics.page() });
  await pingRoutes(api, dependencies, access);
  postAlertRoutes(api, dependencies);
  checkRoutes(api, dependencies);
  liveRoutes(api, dependencies);
  storedRoutes(api, dependencies);
  incomingRoutes(api, dependencies);
  openapiRoute(api);
  return api;
}

/** By the pattern of the route: an address may hold a secret, and there is no end to them. */
function countAnswers(api: FastifyInstance, { metrics }: ApiDependencies): void {
  api.addHook("onResponse", (request, reply, done) => {
    metrics.answered(request.routeOptions.url ?? "none", reply.statusCode);
    done();
  });
}
