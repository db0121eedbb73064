/** `/api/v1/checks`: what the applied configuration asks for. */

import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import type { CheckId } from "../../domain/ids.js";
import type { CheckPlan, Plan } from "../../domain/plan.js";
import { SEVERITIES } from "../../domain/severity.js";
import { TocsinError } from "../../errors.js";
import type { ApiDependencies } from "../dependencies.js";
import { envelope, envelopeOf } from "../envelope.js";
import { pageByKey, pageMeta, pageQuery } from "../pages.js";

const checkSchema = z.object({
  check: z.string().describe("`<system>/<service>/<check>`"),
  type: z.string(),
  everyMs: z.number(),
  timeoutMs: z.number(),
  target: z.string().describe("What is probed, as a person reads it"),
  from: z.string().optional().describe("The location whose workers probe it"),
  labels: z.record(z.string(), z.string()),
  alerts: z.array(
    z.object({
      name: z.string(),
      when: z.string().optional(),
      forMs: z.number(),
      severity: z.enum(SEVERITIES),
    }),
  ),
});

type CheckRow = z.output<typeof checkSchema>;

export function checkRoutes(api: FastifyInstance, { clock, currentPlan }: ApiDependencies): void {
  api.withTypeProvider<ZodTypeProvider>().get(
    "/api/v1/checks",
    {
      config: { access: "read" },
      schema: {
        summary: "What is watched, as the applied configuration says",
        tags: ["look"],
        querystring: z.object({
          ...pageQuery,
          system: z.string().optional().describe("Only of this one"),
          type: z.string().optional().describe("Only of this type"),
        }),
        response: { 200: envelopeOf("checks", z.array(checkSchema), { ...pageMeta, revision: z.string() }) },
      },
    },
    async ({ query }) => {
      const plan = await currentPlan();
      if (plan === undefined) throw new TocsinError("RUN-002", "nothing has been applied yet");
      const rows = checkRows(plan)
        .filter(({ check }) => query.system === undefined || check.startsWith(`${query.system}/`))
        .filter(({ type }) => query.type === undefined || type === query.type);
      const { rows: data, next } = pageByKey(rows, ({ check }) => check, query);
      return envelope("checks", [...data], {
        at: clock.now(),
        revision: plan.revision,
        ...(next === undefined ? {} : { next }),
      });
    },
  );
}

/** Sorted by id. */
function checkRows(plan: Plan): readonly CheckRow[] {
  return plan.systems
    .flatMap((system) =>
      system.services.flatMap((service) =>
        service.checks.map((check) =>
          checkRow(`${system.name}/${service.name}/${check.name}` as CheckId, check),
        ),
      ),
    )
    .sort((a, b) => (a.check < b.check ? -1 : 1));
}

function checkRow(
  id: CheckId,
  { type, everyMs, timeoutMs, target, from, labels, rules }: CheckPlan,
): CheckRow {
  return {
    check: id,
    type,
    everyMs,
    timeoutMs,
    target,
    labels: { ...labels },
    alerts: rules.map(({ name, when, forMs, severity }) => ({
      name,
      forMs,
      severity,
      ...(when === undefined ? {} : { when }),
    })),
    ...(from === undefined ? {} : { from }),
  };
}
