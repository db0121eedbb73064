/** The HTTP listener: limits, errors, access, then one file of routes per resource. */

import helmet from "@fastify/helmet";
import fastify from "fastify";
import type { FastifyInstance } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";

import { guardAccess } from "./access.js";
import type { AccessOptions } from "./access.js";
import { guardAgainstOtherSites } from "./browser-guard.js";
import type { ApiDependencies } from "./dependencies.js";
import type { Patience } from "./limits.js";
import { limitConnections, limitFailures, serverLimits } from "./limits.js";
import { describeApi, openapiRoute } from "./openapi.js";
import { handleErrors, refuseBytes } from "./request-errors.js";
import { checkRoutes } from "./routes/checks.js";
import { healthRoutes } from "./routes/health.js";
import { incomingRoutes } from "./routes/incoming.js";
import { liveRoutes } from "./routes/live.js";
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
  const api = fastify({ ...serverLimits(options.patience), clientErrorHandler: refuseBytes });
  limitConnections(api.server);
  handleErrors(api, dependencies.log);
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  const { keyring } = dependencies;
  const access: AccessOptions = { keyring, loopback: options.loopback, failed: await limitFailures(api) };
  await api.register(helmet, {
    contentSecurityPolicy: {
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      useDefaults: false,
    },
    // Whether there is TLS in front is not ours to say.
    strictTransportSecurity: false,
  });
  api.addHook("onSend", (_request, reply, _payload, done) => {
    reply.header("cache-control", "no-store");
    done();
  });
  guardAgainstOtherSites(api);
  await describeApi(api);
  guardAccess(api, access);
  healthRoutes(api, dependencies, access);
  await pingRoutes(api, dependencies, access);
  postAlertRoutes(api, dependencies);
  checkRoutes(api, dependencies);
  liveRoutes(api, dependencies);
  storedRoutes(api, dependencies);
  incomingRoutes(api, dependencies);
  openapiRoute(api);
  return api;
}
