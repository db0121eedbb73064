/** `/api/v1/status`, `/api/v1/alerts`, `/api/v1/why`, `/api/v1/schedules`: what runs, asked of what runs. */

import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import { SEVERITIES } from "../../domain/severity.js";
import { rankKey } from "../../views/alert-rows.js";
import { readAlerts } from "../../views/alerts.js";
import { readStatus } from "../../views/status.js";
import { readWhy } from "../../views/why/why.js";
import type { ApiDependencies } from "../dependencies.js";
import { alertRow, pauses, schedule, status, why } from "../dto.js";
import { envelope, envelopeOf, time } from "../envelope.js";
import { pageByKey, pageMeta, pageQuery } from "../pages.js";
import { sinceQuery } from "../since.js";

const config = { access: "read" } as const;
const tags = ["look"];
const system = z.string().max(100).optional().describe("Only of this one");
const names = z.array(z.string()).readonly();

export function liveRoutes(api: FastifyInstance, { clock, sources }: ApiDependencies): void {
  const typed = api.withTypeProvider<ZodTypeProvider>();
  typed.get(
    "/api/v1/status",
    {
      config,
      schema: {
        summary: "Whether Tocsin sees, what fires, who has it",
        tags,
        querystring: z.object({ system }),
        response: {
          200: envelopeOf("status", status, {
            store: z.enum(["ok", "away"]),
            revision: z.string().optional(),
          }),
        },
      },
    },
    async ({ query }) => {
      const at = clock.now();
      const { status: data, store, plan } = await readStatus(sources, query.system, at);
      return envelope("status" as const, data, {
        at,
        store: store.there ? ("ok" as const) : ("away" as const),
        revision: plan?.revision,
      });
    },
  );
  typed.get(
    "/api/v1/alerts",
    {
      config,
      schema: {
        summary: "Every alert that is not simply good, worst first",
        tags,
        querystring: z.object({
          ...pageQuery,
          system,
          state: z.string().max(20).optional().describe("Only those in this state or with this overlay"),
          severity: z.enum(SEVERITIES).optional().describe("Only of this one"),
        }),
        response: {
          200: envelopeOf("alerts", z.array(alertRow).readonly(), {
            ...pageMeta,
            stored: names.describe("Systems whose alerts are those last stored: nobody answers for them"),
            missing: names.describe("Systems of which nothing could be learned"),
            blind: names.describe("Why something is not seen"),
            pauses,
          }),
        },
      },
    },
    async ({ query }) => {
      const at = clock.now();
      const { rows, pauses: held, stored, missing, blind } = await readAlerts(sources, query.system, at);
      const wanted = rows
        .filter(({ state }) => query.state === undefined || state.split(", ").includes(query.state))
        .filter(({ severity }) => query.severity === undefined || severity === query.severity)
        .map((row) => ({ row, key: rankKey(row) }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
      const { rows: page, next } = pageByKey(wanted, ({ key }) => key, query);
      return envelope(
        "alerts" as const,
        page.map(({ row }) => row),
        { at, stored, missing, blind, pauses: held, next },
      );
    },
  );
  typed.get(
    "/api/v1/why",
    {
      config,
      schema: {
        summary: "Why somebody was told, or was not",
        tags,
        querystring: z.object({
          which: z.string().max(500).describe("`<system>/<service>`, a check's or an alert's id"),
          since: sinceQuery("24h"),
          all: z.stringbool().default(false).describe("Every time it was in trouble, not only the last"),
        }),
        response: {
          200: envelopeOf("why", why, { target: z.string(), from: time, notes: names }),
        },
      },
    },
    async ({ query: { which, since, all } }) => {
      const now = clock.now();
      const from = now - since;
      const { data, notes } = await readWhy(sources, which, { now, from, all });
      // What running workflows say is passed on as it is.
      const incidents = data.incidents.map((each) => ({ ...each }));
      const guards = data.guards?.map((each) => ({ ...each })) ?? null;
      return envelope(
        "why" as const,
        { ...data, incidents, guards },
        { at: now, target: which, from, notes },
      );
    },
  );
  typed.get(
    "/api/v1/schedules",
    {
      config,
      schema: {
        summary: "Tocsin's own upkeep, as Temporal runs it",
        tags,
        response: { 200: envelopeOf("schedules", z.array(schedule).readonly(), {}) },
      },
    },
    async () => {
      const { schedules } = await sources.operations();
      const found = (await schedules.list()).map(({ plan, ...rest }) => ({
        ...rest,
        ...(plan === undefined ? {} : { plan: { ...plan } }),
      }));
      return envelope("schedules" as const, found, { at: clock.now() });
    },
  );
}
