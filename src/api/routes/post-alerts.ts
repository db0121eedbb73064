/** `POST /api/v1/alerts`: agents and scripts say what is wrong, and that it is over. Answered when it is stored. */

import { createHash } from "node:crypto";

import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import { defaultFingerprint, MAX_FINGERPRINT } from "../../domain/fingerprint.js";
import type { CheckId } from "../../domain/ids.js";
import type { Plan } from "../../domain/plan.js";
import { checkIds, findCheck } from "../../domain/plan-lookup.js";
import { SEVERITIES } from "../../domain/severity.js";
import { TocsinError } from "../../errors.js";
import type { ApiDependencies } from "../dependencies.js";
import { envelope, envelopeOf } from "../envelope.js";

const MAX_TITLE = 300;
const MAX_MESSAGE = 10_000;
const MAX_AHEAD_MS = 30 * 86_400_000;

const which = {
  check: z
    .string()
    .max(200)
    .optional()
    .describe("Which inbox, `<system>/<service>/<check>`; needed when there are several"),
  fingerprint: z
    .string()
    .min(1)
    .max(MAX_FINGERPRINT)
    .optional()
    .describe("What makes two posts one alert; by default the title"),
};

const postSchema = z.strictObject({
  ...which,
  severity: z
    .enum(SEVERITIES)
    .describe("critical: page now; warning: a human must act, in hours; info: only shown"),
  title: z.string().min(1).max(MAX_TITLE).describe("What is wrong, in one line"),
  message: z.string().max(MAX_MESSAGE).default("").describe("What whoever is told should read"),
  context: z.record(z.string(), z.unknown()).default({}).describe("Anything else, as JSON"),
  ends: z.iso
    .datetime({ offset: true })
    .optional()
    .describe("When it is over unless it is posted again; a day after the last post when nobody says"),
});

const resolveSchema = z
  .strictObject({ ...which, title: z.string().min(1).max(MAX_TITLE).optional() })
  .refine(({ fingerprint, title }) => (fingerprint ?? title) !== undefined, "give `fingerprint` or `title`");

const alertName = { check: z.string(), fingerprint: z.string() };

export function postAlertRoutes(api: FastifyInstance, dependencies: ApiDependencies): void {
  const { clock, currentPlan, alerts, store } = dependencies;
  const typed = api.withTypeProvider<ZodTypeProvider>();
  typed.post(
    "/api/v1/alerts",
    {
      config: { access: "ingest" },
      schema: {
        summary: "Say that something is wrong",
        description: "The same fingerprint again is the same alert: counted, not told again.",
        tags: ["post"],
        body: postSchema,
        response: { 200: envelopeOf("alert", z.object(alertName), {}) },
      },
    },
    async ({ body, ip }) => {
      const { severity, title, message, context, ends } = body;
      const check = inboxOf(await currentPlan(), body.check);
      const fingerprint = fingerprintOf(body);
      const endsAt = ends === undefined ? undefined : Math.min(Date.parse(ends), clock.now() + MAX_AHEAD_MS);
      await alerts.take({
        check,
        fingerprint,
        severity,
        title,
        message,
        context,
        source: ip,
        ...(endsAt === undefined ? {} : { endsAt }),
      });
      return envelope("alert", { check, fingerprint }, { at: clock.now() });
    },
  );
  typed.post(
    "/api/v1/alerts/resolve",
    {
      config: { access: "ingest" },
      schema: {
        summary: "Say that it is over",
        tags: ["post"],
        body: resolveSchema,
        response: {
          200: envelopeOf(
            "resolved",
            z.object({ ...alertName, ended: z.boolean().describe("false: no such alert was open") }),
            {},
          ),
        },
      },
    },
    async ({ body }) => {
      const check = inboxOf(await currentPlan(), body.check);
      const fingerprint = fingerprintOf(body);
      const ended = await store.endAlert(check, fingerprint);
      return envelope("resolved", { check, fingerprint, ended }, { at: clock.now() });
    },
  );
}

function fingerprintOf({
  fingerprint,
  title = "",
}: {
  readonly fingerprint?: string | undefined;
  readonly title?: string | undefined;
}): string {
  return fingerprint ?? defaultFingerprint(title, (text) => createHash("sha256").update(text).digest("hex"));
}

/** The one that is named; the only one when none is. Throws API-004: an alert that no check shows would be lost. */
function inboxOf(plan: Plan | undefined, named: string | undefined): CheckId {
  if (plan === undefined) throw new TocsinError("RUN-002", "nothing has been applied, so there is no inbox");
  const inboxes = checkIds(plan).filter((id) => findCheck(plan, id)?.type === "inbox");
  const [only, ...others] = inboxes;
  const known = inboxes.length === 0 ? "there is none" : `there are: ${inboxes.join(", ")}`;
  if (named !== undefined) {
    const found = inboxes.find((id) => id === named);
    if (found !== undefined) return found;
    throw new TocsinError("API-004", `body: check: no check of type inbox is called so; ${known}`);
  }
  if (only === undefined || others.length > 0) {
    throw new TocsinError("API-004", `body: check: say which inbox; ${known}`);
  }
  return only;
}
