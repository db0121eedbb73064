/** Asks resolvers for a name's records: does each answer, in time, with what it should. */

import { Resolver } from "node:dns";
import { setMaxListeners } from "node:events";
import { isIP } from "node:net";

import { z } from "zod";

import { unknownReading, type Reading } from "../domain/reading.js";
import { canonicalAnswer, RECORD_TYPES, resolveRecords, type Records } from "../lib/dns-records.js";
import { errorCode, errorText } from "../lib/error-code.js";
import { interruptFault } from "../lib/exchange-fault.js";
import { startTrace } from "../lib/connection.js";
import { hostPortOf, isHostPort } from "../lib/host-port.js";
import { tenths } from "../lib/phases.js";
import { spokenDuration } from "../lib/spoken.js";
import { oneLine, truncateBytes } from "../lib/text.js";
import type { CheckType, FieldDeclaration, ProbeContext } from "./check-type.js";

const MAX_ANSWERS = 100;
const MAX_ANSWER_BYTES = 500;
const MAX_REASON_BYTES = 800;
/** A datagram that is lost is sent again within the deadline: c-ares waits longer each time. */
const TRIES = 3;
const FIRST_TRY_SHARE = 0.2;

const CANCELLED = "ECANCELLED";
const SERVER_EXPECTED =
  "expected an IP address, with a port when it is not 53: 10.0.0.2, 10.0.0.2:5353 or [fd00::2]:53";

function isServer(text: string): boolean {
  if (isIP(text) !== 0) return true;
  return isHostPort(text) && isIP(hostPortOf(text).host) !== 0;
}

const schema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_*:.-]{1,253}$/, "expected a host name")
      .describe("What to ask for; for PTR also an IP address"),
    record: z.enum(RECORD_TYPES).default("A").describe("Which records"),
    servers: z
      .array(z.string().refine(isServer, SERVER_EXPECTED))
      .min(1)
      .max(20)
      .optional()
      .describe(
        "Resolvers to ask instead of this machine's, by address; each is asked on its own and is a subject",
      ),
    expect: z
      .union([z.string(), z.array(z.string()).min(1).max(MAX_ANSWERS)])
      .optional()
      .describe("Answer, or several, that must be there"),
    only: z.boolean().default(false).describe("Beside `expect`: there may be no other answers"),
  })
  .refine(({ only, expect }) => !only || expect !== undefined, {
    message: "expected expect beside only: true",
    path: ["only"],
  });

export type DnsSpec = z.output<typeof schema>;

const fields: Readonly<Record<string, FieldDeclaration>> = {
  answers: { type: "any", description: "The records as texts, sorted" },
  ttl_s: {
    type: "number",
    unit: "s",
    description: "The shortest time to live among them; only for A and AAAA",
  },
  latency_ms: { type: "number", unit: "ms", description: "From the question to the answer" },
};

const SILENT = "the resolver does not answer";
const FAULTS: Readonly<Record<string, string>> = {
  ESERVFAIL: "the resolver failed to find out (SERVFAIL)",
  EREFUSED: "the resolver refuses to answer (REFUSED)",
  ENOTIMP: "the resolver does not know such questions (NOTIMP)",
  EFORMERR: "the resolver did not understand the question (FORMERR)",
  EBADRESP: "the resolver answered something that is not DNS",
  ECONNREFUSED: "the resolver cannot be reached: nobody listens there",
  ETIMEOUT: SILENT,
};

/** What a person is told of a question that brought no records, by c-ares' code. */
function faultText(code: string, { name, record }: DnsSpec): string {
  if (code === "ENOTFOUND") return `${name} does not exist (NXDOMAIN)`;
  if (code === "ENODATA") return `${name} has no ${record} record`;
  return FAULTS[code] ?? `the resolver could not be asked: ${code}`;
}

/** Codes that say nothing about the resolver. */
const OURS: readonly string[] = ["EFILE", "ENOMEM", "EBADNAME", "EBADQUERY", "EBADSTR", "EDESTRUCTION"];

function answered({ answers: found, ttlS }: Records, spec: DnsSpec, latencyMs: number): Reading {
  const answers = found
    .map((each) => truncateBytes(oneLine(each), MAX_ANSWER_BYTES))
    .sort()
    .slice(0, MAX_ANSWERS);
  const canonical = (text: string): string => canonicalAnswer(text, spec.record);
  const have = new Set(found.map(canonical));
  const expected = spec.expect === undefined ? [] : [spec.expect].flat();
  const wanted = new Set(expected.map(canonical));
  const missing = expected.filter((each) => !have.has(canonical(each)));
  const others = spec.only ? answers.filter((each) => !wanted.has(canonical(each))) : [];
  const wrong = [
    ...(missing.length === 0 ? [] : [`${missing.join(", ")} is not among the answers`]),
    ...(others.length === 0 ? [] : [`${others.join(", ")} should not be`]),
  ];
  const reason = wrong.length === 0 ? undefined : `${wrong.join("; ")} (answered ${answers.join(", ")})`;
  return {
    outcome: reason === undefined ? "good" : "bad",
    ...(reason === undefined ? {} : { reason: truncateBytes(oneLine(reason), MAX_REASON_BYTES) }),
    fields: { answers, ...(ttlS === undefined ? {} : { ttl_s: ttlS }), latency_ms: tenths(latencyMs) },
    phases: { total: latencyMs },
  };
}

/** One question; settles at the limit whatever the resolver does. */
async function ask(spec: DnsSpec, server: string | undefined, context: ProbeContext): Promise<Reading> {
  const { signal, timeoutMs, clock } = context;
  const trace = startTrace();
  const firstTryMs = Math.max(1, Math.round(timeoutMs * FIRST_TRY_SHARE));
  const resolver = new Resolver({ timeout: firstTryMs, tries: TRIES });
  if (server !== undefined) resolver.setServers([server]);
  const cancel = (): void => resolver.cancel();
  const timer = setTimeout(cancel, timeoutMs);
  setMaxListeners(0, signal);
  signal.addEventListener("abort", cancel);
  try {
    const records = signal.aborted ? undefined : await resolveRecords(resolver, spec.name, spec.record);
    if (records !== undefined) return answered(records, spec, performance.now() - trace.startedAt);
    throw Object.assign(new Error("stopped"), { code: CANCELLED });
  } catch (error) {
    const code = errorCode(error) ?? errorText(error);
    const progress = { phase: "first_byte", host: spec.name, trace, bytes: 0, nowMs: clock.now() } as const;
    const stopped = code === CANCELLED ? interruptFault(signal.aborted, progress, timeoutMs) : undefined;
    if (stopped?.fault === "ours") return unknownReading(stopped.message);
    const text =
      stopped === undefined ? faultText(code, spec) : `${SILENT} within ${spokenDuration(timeoutMs)}`;
    const reason = truncateBytes(oneLine(text), MAX_REASON_BYTES);
    return { outcome: OURS.includes(code) ? "unknown" : "bad", reason, fields: {} };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", cancel);
  }
}

async function askServer(spec: DnsSpec, server: string, context: ProbeContext): Promise<Reading> {
  const address = isIP(server) === 0 ? hostPortOf(server).host : server;
  const refused = context.egress.refuse(address, address);
  const reading =
    refused === undefined
      ? await ask(spec, server, context)
      : unknownReading(`egress is not allowed: ${refused}`);
  return { ...reading, subject: server };
}

async function probe(spec: DnsSpec, context: ProbeContext): Promise<readonly Reading[]> {
  if (spec.servers === undefined) return [await ask(spec, undefined, context)];
  const servers = [...new Set(spec.servers)];
  return Promise.all(servers.map((server) => askServer(spec, server, context)));
}

/** The `dns` check type. */
export const dns: CheckType<DnsSpec> = Object.freeze({
  type: "dns",
  summary: "Asks resolvers for a name's records and compares the answers.",
  schema,
  defaults: { everyMs: 60_000, timeoutMs: 5_000 },
  fields,
  rules: () => [],
  target: ({ name, record, servers }: DnsSpec) =>
    `${record} ${name}${servers === undefined ? "" : ` @ ${servers.join(", ")}`}`,
  probe,
  example: `type: dns
name: koda.example
record: A
servers: [10.0.0.2, 10.0.0.3]
expect: [192.0.2.10]
`,
});
