/** `/api/v1/incidents`, `/api/v1/history`, `/api/v1/deadletters`: what was written down. */

import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import type { CheckId, IncidentId, ServiceId } from "../../domain/ids.js";
import { incidentStory } from "../../views/incident-story.js";
import { incidentsPage } from "../../views/incidents.js";
import { namedIncident, unknownIncident } from "../../views/meant-incident.js";
import { readHistory } from "../../views/history.js";
import { checkTarget } from "../../views/target.js";
import type { ApiDependencies } from "../dependencies.js";
import { deadLetter, history, incidentNow, incidentRow, timelineLine } from "../dto.js";
import { envelope, envelopeOf, time } from "../envelope.js";
import { decodeCursor, nextCursor, pageMeta, pageQuery } from "../pages.js";
import { sinceQuery } from "../since.js";

const config = { access: "read" } as const;
const tags = ["look"];
const position = z.tuple([z.number(), z.string()]);
const MAX_READINGS = 10_000;

export function storedRoutes(api: FastifyInstance, { clock, store, sources }: ApiDependencies): void {
  const typed = api.withTypeProvider<ZodTypeProvider>();
  typed.get(
    "/api/v1/incidents",
    {
      config,
      schema: {
        summary: "Incidents, newest first",
        tags,
        querystring: z.object({
          ...pageQuery,
          open: z.stringbool().optional().describe("true: only those with members; false: only the others"),
          service: z.string().max(200).optional().describe("Only of this `<system>/<service>`"),
        }),
        response: {
          200: envelopeOf("incidents", z.array(incidentRow).readonly(), {
            ...pageMeta,
            live: z.boolean().describe("false: Temporal does not answer, this is what was stored last"),
          }),
        },
      },
    },
    async ({ query: { limit, cursor, open, service } }) => {
      const [openedAt, incident] = cursor === undefined ? [] : decodeCursor(cursor, position);
      const rows = await store.incidents({
        limit: limit + 1,
        ...(open === undefined ? {} : { open }),
        ...(service === undefined ? {} : { service: service as ServiceId }),
        ...(openedAt === undefined || incident === undefined
          ? {}
          : { after: { openedAt, incident: incident as IncidentId } }),
      });
      const next = nextCursor(rows, limit, (row) => [row.openedAt, row.incident]);
      const { rows: page, live } = await incidentsPage(sources, rows.slice(0, limit));
      return envelope("incidents" as const, page, { at: clock.now(), next, live });
    },
  );
  typed.get(
    "/api/v1/incidents/:incident",
    {
      config,
      schema: {
        summary: "All that happened in one incident",
        tags,
        params: z.object({
          incident: z
            .string()
            .max(300)
            .describe("An incident's id, or `<system>/<service>` for its newest; percent-encoded"),
        }),
        response: {
          200: envelopeOf("timeline", z.array(timelineLine).readonly(), {
            incident: z.string(),
            live: z.boolean().describe("Its workflow has said how it stands"),
            now: incidentNow.optional(),
            notes: z.array(z.string()).readonly().describe("What could not be asked"),
          }),
        },
      },
    },
    async ({ params }) => {
      const meant = namedIncident(params.incident);
      const story = await incidentStory(sources, meant);
      if (story === undefined) throw unknownIncident(meant);
      const { incident, lines, live, now, notes } = story;
      return envelope("timeline" as const, lines, { at: clock.now(), incident, live, now, notes });
    },
  );
  typed.get(
    "/api/v1/history",
    {
      config,
      schema: {
        summary: "What a check saw, and what its alerts made of it",
        tags,
        querystring: z.object({
          check: z.string().max(200).describe("`<system>/<service>/<check>`"),
          since: sinceQuery("1h"),
          limit: z.coerce
            .number()
            .int()
            .min(1)
            .max(MAX_READINGS)
            .default(2_000)
            .describe("At most so many readings"),
        }),
        response: { 200: envelopeOf("history", history, { check: z.string(), from: time }) },
      },
    },
    async ({ query: { check, since, limit } }) => {
      const id: CheckId = checkTarget(check);
      const at = clock.now();
      const from = at - since;
      const { readings, rollups, transitions } = await readHistory(store, id, { from, to: at + 1 }, limit);
      const plain = readings.map(({ evidence, ...rest }) => ({
        ...rest,
        ...(evidence === undefined ? {} : { evidence: { ...evidence } }),
      }));
      return envelope("history" as const, { readings: plain, rollups, transitions }, { at, check, from });
    },
  );
  typed.get(
    "/api/v1/deadletters",
    {
      config,
      schema: {
        summary: "Messages that were given up, newest first",
        tags,
        querystring: z.object({
          ...pageQuery,
          state: z.enum(["dead", "retried", "discarded", "all"]).default("dead").describe("Only in this one"),
        }),
        response: { 200: envelopeOf("deadletters", z.array(deadLetter).readonly(), pageMeta) },
      },
    },
    async ({ query: { limit, cursor, state } }) => {
      const [at, key] = cursor === undefined ? [] : decodeCursor(cursor, position);
      const rows = await store.deadLetters({
        limit: limit + 1,
        ...(state === "all" ? {} : { state }),
        ...(at === undefined || key === undefined ? {} : { after: { at, key } }),
      });
      const next = nextCursor(rows, limit, (row) => [row.at, row.key]);
      return envelope("deadletters" as const, rows.slice(0, limit), { at: clock.now(), next });
    },
  );
}
