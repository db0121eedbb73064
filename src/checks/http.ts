/** Asks an HTTP address and judges the answer: status, body, headers, time, and what it says of the things it depends on. */

import { z } from "zod";

import { unknownReading, type FieldValue, type Reading } from "../domain/reading.js";
import { certificateDaysLeft } from "../lib/certificate.js";
import { isJsonObject, stateOfObject } from "../lib/dependency-map.js";
import { Credentials, MissingSecret } from "../lib/http-credentials.js";
import { expectSchema, type ObservedAnswer } from "../lib/http-expectations.js";
import { judgeAnswer, type HttpJudgement } from "../lib/http-judgement.js";
import type { HttpAnswer, HttpFailure } from "../lib/http-message.js";
import { observe } from "../lib/http-observation.js";
import { requestFollowing } from "../lib/http-redirects.js";
import { prepareRequest, requestKeys } from "../lib/http-request-spec.js";
import { jsonPathValue } from "../lib/json-path-value.js";
import { liftEach, liftFields, type Item } from "../lib/json-lift.js";
import { isOurs } from "../lib/network-fault.js";
import { redactUrl, Revealed } from "../lib/redact.js";
import { tenths } from "../lib/phases.js";
import { SECRET_PATTERN } from "../lib/spec-values.js";
import { truncateBytes, visible } from "../lib/text.js";
import type { CheckType, FieldDeclaration, ProbeContext } from "./check-type.js";

const MAX_EVIDENCE_BYTES = 1_000;

const schema = z.strictObject({
  ...requestKeys,
  expect: expectSchema.prefault({}).describe("What the answer must be like; all that is not is reported"),
  parts: z
    .union([jsonPathValue(), z.array(jsonPathValue()), z.literal(false)])
    .optional()
    .describe("Where the map of dependencies is in a JSON answer; false: do not read one"),
});

export type HttpSpec = z.output<typeof schema>;

const fields: Readonly<Record<string, FieldDeclaration>> = {
  status: { type: "number", description: "Status code" },
  latency_ms: {
    type: "number",
    unit: "ms",
    description: "From start to the end of the body, redirects included",
  },
  dns_ms: { type: "number", unit: "ms", description: "Name resolution; 0 when none was needed" },
  connect_ms: { type: "number", unit: "ms", description: "TCP connection; 0 when one was reused" },
  tls_ms: { type: "number", unit: "ms", description: "TLS handshake; 0 without TLS" },
  first_byte_ms: { type: "number", unit: "ms", description: "From the request to the answer's headers" },
  size_bytes: {
    type: "number",
    unit: "bytes",
    description: "Length of the body, as declared when it was not read to its end",
  },
  json: { type: "any", description: "The body, when it is JSON" },
  text: { type: "string", description: "The body as text, at most `max_body` of it" },
  headers: { type: "map", description: "Headers by lower-case name; cookies and challenges as stars" },
  parts: { type: "map", description: "Dependencies the answer reports, each with `outcome` and `detail`" },
  cert_days_left: {
    type: "number",
    unit: "days",
    description: "Until the server's certificate ends; negative once it has; https only",
  },
};

function fieldsOf(
  answer: HttpAnswer,
  seen: ObservedAnswer,
  { parts }: HttpJudgement,
  context: ProbeContext,
): Readonly<Record<string, FieldValue>> {
  const { phases, peerCertificate: certificate } = answer;
  return {
    status: answer.status,
    latency_ms: tenths(phases.total),
    dns_ms: tenths(phases.dns),
    connect_ms: tenths(phases.connect),
    tls_ms: tenths(phases.tls),
    first_byte_ms: tenths(phases.firstByte),
    size_bytes: answer.sizeBytes,
    ...(seen.json === undefined ? {} : { json: seen.json }),
    text: seen.text,
    headers: seen.headers,
    parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, { ...part }])),
    ...(certificate === undefined
      ? {}
      : { cert_days_left: certificateDaysLeft(certificate, context.clock.now()) }),
    ...(seen.json === undefined ? {} : liftFields(seen.json, context.lift.fields)),
  };
}

function readingOfFailure(failure: HttpFailure, spec: HttpSpec, context: ProbeContext): Reading {
  const { peerCertificate: certificate, phases } = failure;
  return {
    outcome: isOurs(failure, spec.tls?.cert !== undefined) ? "unknown" : "bad",
    reason: failure.message,
    fields:
      certificate === undefined
        ? {}
        : { cert_days_left: certificateDaysLeft(certificate, context.clock.now()) },
    phases,
  };
}

/** A subject says how it is by its own status word or ok; one that says nothing is good. */
function readingOfItem({ subject, fields: lifted, value }: Item): Reading {
  const state = isJsonObject(value) ? stateOfObject(value) : undefined;
  const trouble = state?.outcome === "bad" || state?.outcome === "degraded" ? state : undefined;
  return {
    outcome: trouble?.outcome ?? "good",
    subject,
    ...(trouble === undefined ? {} : { reason: trouble.detail ?? trouble.outcome }),
    fields: lifted,
  };
}

function readingsOfAnswer(
  answer: HttpAnswer,
  spec: HttpSpec,
  credentialed: boolean,
  context: ProbeContext,
): readonly Reading[] {
  const seen = observe(answer);
  const { fields: lifted, each } = context.lift;
  const places = spec.parts === false ? [] : typeof spec.parts === "string" ? [spec.parts] : spec.parts;
  const judgement = judgeAnswer(seen, {
    expect: spec.expect,
    ...(places === undefined ? {} : { parts: places }),
    needed: [...(places ?? []), ...Object.values(lifted)],
    ...(each === undefined ? {} : { split: each.path }),
    credentialed,
  });
  const { outcome, reason, parts } = judgement;
  const answered = outcome === "good" || outcome === "degraded";
  const items =
    answered && each !== undefined && seen.json !== undefined ? liftEach(seen.json, each) : undefined;
  if (items !== undefined && items.length > 0) return items.map(readingOfItem);
  const whole: Reading = {
    outcome,
    ...(reason === undefined ? {} : { reason }),
    fields: fieldsOf(answer, seen, judgement, context),
    ...(Object.keys(parts).length === 0 ? {} : { parts }),
    phases: answer.phases,
    ...(outcome === "good"
      ? {}
      : { evidence: truncateBytes(`HTTP ${answer.status}\n${visible(seen.text)}`, MAX_EVIDENCE_BYTES) }),
  };
  return [whole];
}

/** An answer is judged as it came, and shown without the secrets of its request: one may be a word like any other in the body. */
function concealed({ subject, ...reading }: Reading, revealed: Revealed): Reading {
  return { ...revealed.scrubAll(reading), ...(subject === undefined ? {} : { subject }) };
}

async function probe(spec: HttpSpec, context: ProbeContext): Promise<readonly Reading[]> {
  const revealed = new Revealed();
  try {
    const { request, credentialed, secretHeaders } = await prepareRequest(
      spec,
      context,
      new Credentials(context.secrets, revealed),
    );
    const { result } = await requestFollowing(request, spec.redirects, secretHeaders);
    return result.ok
      ? readingsOfAnswer(result, spec, credentialed, context).map((reading) => concealed(reading, revealed))
      : [readingOfFailure(result, spec, context)];
  } catch (error) {
    if (error instanceof MissingSecret) return [unknownReading(error.message)];
    throw error;
  }
}

/** The `http` check type. */
export const http: CheckType<HttpSpec> = Object.freeze({
  type: "http",
  summary: "Asks an HTTP address and judges status, body, headers, time and the dependencies it reports.",
  schema,
  defaults: { everyMs: 30_000, timeoutMs: 10_000 },
  fields,
  rules: () => [],
  target: ({ url }: HttpSpec) => (SECRET_PATTERN.test(url) ? url : redactUrl(url)),
  probe,
  example: `type: http
url: http://controller:8000/ready/
every: 15s
expect: { status: 200, json: { $.status: ok } }
`,
});
