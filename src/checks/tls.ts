/** Looks at the certificate that a host and port present: until when it is valid, for whom it is, and whether its chain is trusted. */

import type { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { checkServerIdentity, TLSSocket } from "node:tls";

import { z } from "zod";

import type { RulePlan } from "../domain/plan.js";
import { unknownReading, type FieldValue, type Reading } from "../domain/reading.js";
import {
  ALTERNATIVE_NAME_INVALID,
  certificateDaysLeft,
  certificateFault,
  certificateIssuer,
  certificateNames,
} from "../lib/certificate.js";
import { converse } from "../lib/conversation.js";
import { hostPortOf, hostPortValue } from "../lib/host-port.js";
import { Credentials, MissingSecret } from "../lib/http-credentials.js";
import { isOurs } from "../lib/network-fault.js";
import { phasesOf, tenths } from "../lib/phases.js";
import { Revealed } from "../lib/redact.js";
import { spokenDuration } from "../lib/spoken.js";
import { oneLine, truncateBytes } from "../lib/text.js";
import { BOTH_EXPECTED, hasBothOrNeither, identityKeys } from "../lib/tls-spec.js";
import type { CheckType, FieldDeclaration, ProbeContext } from "./check-type.js";

const DAY_MS = 86_400_000;
const MAX_REASON_BYTES = 800;
const MAX_NAMES = 100;
const MAX_NAME_BYTES = 255;

const schema = z
  .strictObject({
    address: hostPortValue().describe("Where to connect: host:port, an IPv6 address in brackets"),
    ...identityKeys,
    warn_days: z
      .number()
      .min(0)
      .max(3_650)
      .default(14)
      .describe("With fewer days left a certificate that is good is degraded; 0: never"),
  })
  .refine(hasBothOrNeither, BOTH_EXPECTED);

export type TlsSpec = z.output<typeof schema>;

const fields: Readonly<Record<string, FieldDeclaration>> = {
  days_left: { type: "number", unit: "days", description: "Until it ends; negative once it has" },
  issuer: { type: "string", description: "Who signed it, by common name" },
  names: { type: "any", description: "The host names and addresses it is for, a list" },
  hostname_ok: { type: "boolean", description: "Whether it is for the host that was asked for" },
  chain_ok: {
    type: "boolean",
    description: "Whether it leads to a trusted authority, each step being valid now",
  },
  protocol: { type: "string", description: "What was agreed on, such as TLSv1.3" },
  latency_ms: { type: "number", unit: "ms", description: "From start to the end of the handshake" },
};

interface Seen {
  readonly faults: readonly string[];
  readonly fields: Readonly<Record<string, FieldValue>> & { readonly days_left: number };
}

/** Whatever is wrong with the certificate, all at once: Node stops at the first. */
function inspect(
  socket: Socket,
  certificate: X509Certificate | undefined,
  name: string,
  nowMs: number,
): Seen | undefined {
  if (!(socket instanceof TLSSocket) || certificate === undefined) return undefined;
  // Node's types say Error; it is the code as a text, and null when there is none.
  const reported = socket.authorizationError as unknown;
  const chainCode =
    typeof reported === "string" && reported !== ALTERNATIVE_NAME_INVALID ? reported : undefined;
  const isForName = checkServerIdentity(name, certificate.toLegacyObject()) === undefined;
  const codes = [
    ...(chainCode === undefined ? [] : [chainCode]),
    ...(isForName ? [] : [ALTERNATIVE_NAME_INVALID]),
  ];
  return {
    faults: codes.map(
      (code) => certificateFault(code, certificate, name, nowMs) ?? `certificate is not trusted: ${code}`,
    ),
    fields: {
      days_left: certificateDaysLeft(certificate, nowMs),
      issuer: oneLine(certificateIssuer(certificate)),
      names: certificateNames(certificate)
        .slice(0, MAX_NAMES)
        .map((each) => truncateBytes(oneLine(each), MAX_NAME_BYTES)),
      hostname_ok: isForName,
      chain_ok: chainCode === undefined,
      protocol: socket.getProtocol() ?? "",
    },
  };
}

function judge(
  { faults, fields: { days_left: daysLeft } }: Seen,
  spec: TlsSpec,
): Pick<Reading, "outcome" | "reason"> {
  if (faults.length > 0) {
    return { outcome: "bad", reason: truncateBytes(oneLine(faults.join("; ")), MAX_REASON_BYTES) };
  }
  if (daysLeft >= spec.warn_days) return { outcome: "good" };
  return { outcome: "degraded", reason: `certificate ends in ${spokenDuration(daysLeft * DAY_MS)}` };
}

async function look(spec: TlsSpec, context: ProbeContext): Promise<Reading> {
  const { host, port } = hostPortOf(spec.address);
  const tls = await new Credentials(context.secrets, new Revealed()).tls({ ...spec, insecure: true });
  const result = await converse({ host, port, tls, egress: context.egress }, context, (socket, trace) =>
    Promise.resolve(inspect(socket, trace.certificate, tls.serverName ?? host, context.clock.now())),
  );
  const phases = phasesOf(result.trace);
  if (!result.ok) {
    const { message } = result.fault;
    const outcome = isOurs(result.fault, spec.cert !== undefined) ? "unknown" : "bad";
    return { outcome, reason: message, fields: {}, phases };
  }
  const seen = result.value;
  if (seen === undefined) return { outcome: "bad", reason: "presents no certificate", fields: {}, phases };
  return { ...judge(seen, spec), fields: { ...seen.fields, latency_ms: tenths(phases.total) }, phases };
}

async function probe(spec: TlsSpec, context: ProbeContext): Promise<readonly Reading[]> {
  try {
    return [await look(spec, context)];
  } catch (error) {
    if (error instanceof MissingSecret) return [unknownReading(error.message)];
    throw error;
  }
}

function rules({ warn_days: days }: TlsSpec): readonly Partial<RulePlan>[] {
  return [
    {
      name: "not-valid",
      severity: "warning",
      action: "Install a certificate that is valid for this host, with its whole chain.",
    },
    {
      name: "ends-soon",
      when: `outcome == "degraded" && days_left < ${days}`,
      severity: "warning",
      action: "Renew the certificate, and find out why that did not happen by itself.",
    },
  ];
}

/** The `tls` check type. */
export const tls: CheckType<TlsSpec> = Object.freeze({
  type: "tls",
  summary: "Looks at the certificate of a host and port: days left, name, chain.",
  schema,
  defaults: { everyMs: 3_600_000, timeoutMs: 10_000 },
  fields,
  rules,
  target: ({ address }: TlsSpec) => address,
  probe,
  example: `type: tls
address: koda.example:443
every: 6h
`,
});
