/** An HTTP server before it has any route: limits, errors as problems, headers for browsers, and what access is decided by. */

import helmet from "@fastify/helmet";
import fastify from "fastify";
import type { FastifyInstance } from "fastify";

import type { AccessOptions } from "./access.js";
import { guardAgainstOtherSites } from "./browser-guard.js";
import type { Keyring } from "./keyring.js";
import type { Patience } from "./limits.js";
import { limitConnections, limitFailures, serverLimits } from "./limits.js";
import { handleErrors, refuseBytes } from "./request-errors.js";

export interface FortifiedOptions {
  readonly keyring: Keyring;
  /** Only this machine can reach it: reading needs no token as long as there is none for that. */
  readonly loopback: boolean;
  readonly log: (line: string) => void;
  readonly patience?: Patience;
}

/** Not yet listening. Whoever adds routes calls `guardAccess` with `access` before. */
export async function fortified({ keyring, loopback, log, patience }: FortifiedOptions): Promise<{
  readonly api: FastifyInstance;
  readonly access: AccessOptions;
}> {
  const api: FastifyInstance = fastify({ ...serverLimits(patience), clientErrorHandler: refuseBytes });
  limitConnections(api.server);
  handleErrors(api, log);
  const access: AccessOptions = { keyring, loopback, failed: await limitFailures(api) };
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
  return { api, access };
}
