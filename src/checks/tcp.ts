/** Connects to a TCP port and, when told to, waits for what it says: is anybody there, and is it who it should be. */

import type { Socket } from "node:net";

import { z } from "zod";

import { unknownReading, type Reading } from "../domain/reading.js";
import { converse } from "../lib/conversation.js";
import { TIMEOUT } from "../lib/exchange-fault.js";
import { hostPortOf, hostPortValue } from "../lib/host-port.js";
import { Credentials, MissingSecret } from "../lib/http-credentials.js";
import { phasesOf, tenths } from "../lib/phases.js";
import { Revealed } from "../lib/redact.js";
import { regexOf, regexValue } from "../lib/regex-value.js";
import type { SafeRegex } from "../lib/safe-regex.js";
import { spokenDuration, spokenSize } from "../lib/spoken.js";
import { oneLine, truncateBytes, visible } from "../lib/text.js";
import type { CheckType, FieldDeclaration, ProbeContext } from "./check-type.js";

/** Reading stops here: a banner is a line or two, and the expression is tried on all of it with every piece that comes. */
const MAX_BANNER_BYTES = 4_096;
const MAX_SHOWN_BYTES = 200;
const MAX_BANNER_FIELD_BYTES = 1_000;

const schema = z
  .strictObject({
    address: hostPortValue().describe("Where to connect: host:port, an IPv6 address in brackets"),
    send: z
      .string()
      .max(4_000)
      .optional()
      .describe("Text to send once connected, or env:NAME or file:PATH with it"),
    expect: regexValue().optional().describe("Expression (RE2) that what comes back must match somewhere"),
  })
  .refine(({ send, expect }) => send === undefined || expect !== undefined, {
    message: "expected expect beside send: without it nobody looks at the answer",
    path: ["send"],
  });

export type TcpSpec = z.output<typeof schema>;

const fields: Readonly<Record<string, FieldDeclaration>> = {
  latency_ms: {
    type: "number",
    unit: "ms",
    description: "From start to the connection, or to the answer that is expected",
  },
  dns_ms: { type: "number", unit: "ms", description: "Name resolution; 0 when none was needed" },
  connect_ms: { type: "number", unit: "ms", description: "TCP connection" },
  banner: { type: "string", description: "What came back; only with `expect`" },
};

/** What a peer has said so far. */
class Heard {
  readonly #pieces: Buffer[] = [];
  bytes = 0;

  add(piece: Buffer): void {
    const room = MAX_BANNER_BYTES - this.bytes;
    this.#pieces.push(piece.subarray(0, room));
    this.bytes += piece.length;
  }

  get text(): string {
    return Buffer.concat(this.#pieces).toString("utf8");
  }
}

/** Resolves when the expression matches (true), or can match no more: the peer has ended, or said too much. */
function listen(socket: Socket, expected: SafeRegex, heard: Heard): Promise<boolean> {
  return new Promise((resolve, reject) => {
    socket.on("data", (piece: Buffer) => {
      heard.add(piece);
      if (expected.test(heard.text)) resolve(true);
      else if (heard.bytes >= MAX_BANNER_BYTES) resolve(false);
    });
    socket.once("end", () => {
      if (heard.bytes > 0) resolve(false);
    });
    socket.once("close", () => (heard.bytes > 0 ? resolve(false) : reject(new Error("closed"))));
  });
}

function quoted(text: string): string {
  return `"${truncateBytes(oneLine(text), MAX_SHOWN_BYTES)}"`;
}

/** Why what was heard is not enough. */
function mismatch(heard: Heard, shown: string, pattern: string, limitMs?: number): string {
  if (heard.bytes >= MAX_BANNER_BYTES)
    return `said more than ${spokenSize(MAX_BANNER_BYTES)}, and no ${pattern}`;
  const within = limitMs === undefined ? "" : ` within ${spokenDuration(limitMs)}`;
  return `answered ${quoted(shown)}, and no ${pattern}${within}`;
}

async function ask(spec: TcpSpec, context: ProbeContext, revealed: Revealed): Promise<Reading> {
  const credentials = new Credentials(context.secrets, revealed);
  const send = spec.send === undefined ? undefined : await credentials.value(spec.send);
  const expected = spec.expect === undefined ? undefined : regexOf(spec.expect);
  const heard = new Heard();
  const result = await converse(
    { ...hostPortOf(spec.address), egress: context.egress },
    context,
    async (socket) => {
      if (send !== undefined) socket.write(send);
      return expected === undefined || listen(socket, expected, heard);
    },
  );
  const phases = phasesOf(result.trace);
  const banner = revealed.scrub(heard.text);
  const pattern = quoted(expected?.pattern ?? "");
  if (!result.ok) {
    const { code, message, fault } = result.fault;
    const late = code === TIMEOUT && heard.bytes > 0;
    return {
      outcome: fault === "ours" ? "unknown" : "bad",
      reason: late ? mismatch(heard, banner, pattern, context.timeoutMs) : message,
      fields: {},
      phases,
    };
  }
  return {
    outcome: result.value ? "good" : "bad",
    ...(result.value ? {} : { reason: mismatch(heard, banner, pattern) }),
    fields: {
      latency_ms: tenths(phases.total),
      dns_ms: tenths(phases.dns),
      connect_ms: tenths(phases.connect),
      ...(expected === undefined ? {} : { banner: truncateBytes(visible(banner), MAX_BANNER_FIELD_BYTES) }),
    },
    phases,
  };
}

async function probe(spec: TcpSpec, context: ProbeContext): Promise<readonly Reading[]> {
  try {
    return [await ask(spec, context, new Revealed())];
  } catch (error) {
    if (error instanceof MissingSecret) return [unknownReading(error.message)];
    throw error;
  }
}

/** The `tcp` check type. */
export const tcp: CheckType<TcpSpec> = Object.freeze({
  type: "tcp",
  summary: "Connects to a TCP port and, when told to, compares what it says with an expression.",
  schema,
  defaults: { everyMs: 30_000, timeoutMs: 5_000 },
  fields,
  rules: () => [],
  target: ({ address }: TcpSpec) => address,
  probe,
  example: `type: tcp
address: postgres:5432
every: 15s
`,
});
