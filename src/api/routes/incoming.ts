/** `/api/v1/inbox` and `/api/v1/pings`: what came in, as it is kept. */

import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import { checkTarget } from "../../views/target.js";
import type { ApiDependencies } from "../dependencies.js";
import { inboxAlert, ping } from "../dto.js";
import { envelope, envelopeOf } from "../envelope.js";

const MAX_LIMIT = 500;
const query = z.object({
  check: z.string().max(200).describe("`<system>/<service>/<check>`"),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(100).describe("At most so many"),
});

export function incomingRoutes(api: FastifyInstance, { clock, store }: ApiDependencies): void {
  const typed = api.withTypeProvider<ZodTypeProvider>();
  const config = { access: "read" } as const;
  typed.get(
    "/api/v1/inbox",
    {
      config,
      schema: {
        summary:
          "Posted alerts of one inbox: open ones worst first, then those that were over within the hour",
        tags: ["look"],
        querystring: query,
        response: { 200: envelopeOf("inbox", z.array(inboxAlert).readonly(), {}) },
      },
    },
    async ({ query: { check, limit } }) =>
      envelope("inbox" as const, await store.inbox(checkTarget(check), limit), { at: clock.now() }),
  );
  typed.get(
    "/api/v1/pings",
    {
      config,
      schema: {
        summary: "The newest pings of one heartbeat",
        tags: ["look"],
        querystring: query,
        response: { 200: envelopeOf("pings", z.array(ping).readonly(), {}) },
      },
    },
    async ({ query: { check, limit } }) =>
      envelope("pings" as const, await store.pings(checkTarget(check), limit), { at: clock.now() }),
  );
}
