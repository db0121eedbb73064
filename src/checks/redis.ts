/** Asks a Redis how it is, or how a queue in it is: a list, a stream's consumer groups, keys by a pattern, entries by a value. */

import { timedReadings, unanswered, unknownReading, type Found, type Reading } from "../domain/reading.js";
import { confided } from "../lib/confided.js";
import { CounterMemory } from "../lib/counter-memory.js";
import { tenths } from "../lib/phases.js";
import { converseWithRedis } from "../lib/redis-connection.js";
import { countEntries, countKeys } from "../lib/redis-counts.js";
import { healthFields, healthTroubles, parseInfo } from "../lib/redis-info.js";
import { redisSpec, type RedisSpec } from "../lib/redis-spec.js";
import { numberReply, RedisRefusal, textReply, type RedisSession } from "../lib/redis-session.js";
import { groupStates } from "../lib/redis-stream.js";
import { redactUrl } from "../lib/redact.js";
import { NotRedis } from "../lib/resp.js";
import { SECRET_PATTERN } from "../lib/spec-values.js";
import { oneLine } from "../lib/text.js";
import type { CheckType, FieldDeclaration, ProbeContext } from "./check-type.js";

const number = (description: string, unit?: string): FieldDeclaration => ({
  type: "number",
  ...(unit === undefined ? {} : { unit }),
  description,
});

const fields: Readonly<Record<string, FieldDeclaration>> = {
  latency_ms: number("From start to the last answer", "ms"),
  memory_used_percent: number(
    "Used memory of `maxmemory`, or of the machine's when there is no limit",
    "percent",
  ),
  memory_used_bytes: number("Used memory", "bytes"),
  evicted_keys: number("Keys thrown out for want of memory since the server started"),
  evicted_per_s: number("The same per second since the probe before; absent at first"),
  clients: number("Open connections"),
  rejected_connections: number("Connections refused for want of room since the server started"),
  role: { type: "string", description: "`master` or `replica`" },
  replicas: number("Replicas connected to it"),
  replica_linked: { type: "boolean", description: "Whether a replica is connected to its master" },
  depth: number("What is in the queue: elements, or lag and pending together; or keys that match"),
  progress: number(
    "Rises as long as consumers do anything; a group's: with every entry handed out or acknowledged",
  ),
  lag: number("Entries not handed to any consumer yet"),
  pending: number("Entries handed out and not acknowledged"),
  consumers: number("Consumers the group knows, gone ones included"),
  oldest_ms: number("Age of the oldest entry not acknowledged; 0 with none", "ms"),
  count: number("Entries in the window"),
  counts: { type: "map", description: "How many entries have each value" },
};

const evictions = new CounterMemory();

async function health(session: RedisSession, { url }: RedisSpec, atMs: number): Promise<Found> {
  if ((await session.command("PING")) !== "PONG") throw new NotRedis("no PONG");
  const info = parseInfo(textReply(await session.command("INFO")));
  const known = healthFields(info);
  const evicted = known.evicted_keys;
  // A server that was started again counts anew, and is another one.
  const counter = `${url} ${info.get("run_id") ?? ""}`;
  const rate = typeof evicted === "number" ? evictions.rate(counter, evicted, atMs) : undefined;
  const troubles = healthTroubles(info);
  return {
    outcome: troubles.length === 0 ? "good" : "degraded",
    ...(troubles.length === 0 ? {} : { reason: oneLine(troubles.join("; ")) }),
    fields: { ...known, ...(rate === undefined ? {} : { evicted_per_s: rate }) },
  };
}

async function listState(session: RedisSession, list: string, progress: string | undefined): Promise<Found> {
  const [depth, done] = await Promise.all([
    session.command("LLEN", list),
    progress === undefined ? null : session.command("GET", progress),
  ]);
  const isNumber = typeof done === "string" && /^-?\d+(\.\d+)?$/.test(done);
  if (done !== null && !isNumber) return unknownReading(`${progress ?? ""} holds no number`);
  return {
    outcome: "good",
    fields: { depth: numberReply(depth), ...(isNumber ? { progress: Number(done) } : {}) },
  };
}

async function streamState(
  session: RedisSession,
  spec: RedisSpec,
  stream: string,
): Promise<readonly Found[]> {
  const groups = await groupStates(session, stream, spec.group);
  if (groups !== undefined && groups.length > 0) {
    return groups.map(({ group, oldestMs, ...state }) => ({
      outcome: "good",
      ...(spec.group === undefined ? { subject: group } : {}),
      fields: { depth: state.lag + state.pending, ...state, oldest_ms: oldestMs },
    }));
  }
  const named = spec.group === undefined ? "consumer group" : `consumer group ${spec.group}`;
  const reason = groups === undefined ? `there is no stream ${stream}` : `stream ${stream} has no ${named}`;
  const nothing = { depth: 0, lag: 0, pending: 0, consumers: 0, oldest_ms: 0 };
  return [
    spec.missing === "good" ? { outcome: "good", fields: nothing } : { outcome: "bad", reason, fields: {} },
  ];
}

async function look(
  session: RedisSession,
  spec: RedisSpec,
  context: ProbeContext,
): Promise<readonly Found[]> {
  const { list, progress, stream, keys, entries } = spec;
  if (list !== undefined) return [await listState(session, list, progress)];
  if (stream !== undefined) return streamState(session, spec, stream);
  if (keys !== undefined) {
    const { count, more } = await countKeys(session, keys.pattern, keys.limit);
    const reason = `more than ${keys.limit} keys match ${oneLine(keys.pattern)}`;
    return [{ outcome: more ? "degraded" : "good", ...(more ? { reason } : {}), fields: { depth: count } }];
  }
  if (entries !== undefined) {
    const { counts, count, more } = await countEntries(session, entries.stream, entries.window, entries.json);
    const all = { ...Object.fromEntries(entries.values.map((value) => [value, 0])), ...counts };
    const reason = `there are more entries in the window than can be looked at: the first ${count} are counted`;
    return [
      { outcome: more ? "degraded" : "good", ...(more ? { reason } : {}), fields: { count, counts: all } },
    ];
  }
  return [await health(session, spec, context.clock.monotonic())];
}

/** What a command's failure says; anything else is a fault of the connection, or ours. */
function explained(error: unknown): readonly Found[] {
  if (error instanceof RedisRefusal) {
    return [{ outcome: error.fault === "ours" ? "unknown" : "bad", reason: error.message, fields: {} }];
  }
  if (error instanceof NotRedis) {
    return [{ outcome: "bad", reason: `answered something that is not Redis: ${error.message}`, fields: {} }];
  }
  throw error;
}

async function probe(spec: RedisSpec, context: ProbeContext): Promise<readonly Reading[]> {
  const result = await confided(context.secrets, spec.tls?.cert !== undefined, (credentials) =>
    converseWithRedis(spec, context, credentials, (session) => look(session, spec, context), explained),
  );
  if (!result.ok) return [unanswered(result)];
  const { value, phases, scrub } = result;
  const found = value.map(({ reason, ...each }) =>
    reason === undefined ? each : { ...each, reason: scrub(reason) },
  );
  return timedReadings(found, phases, tenths(phases.total));
}

function target({ url, list, stream, group, keys, entries }: RedisSpec): string {
  const what =
    list ??
    (stream === undefined ? (keys?.pattern ?? entries?.stream) : [stream, group ?? []].flat().join("/"));
  return `${SECRET_PATTERN.test(url) ? url : redactUrl(url)}${what === undefined ? "" : ` ${what}`}`;
}

/** The `redis` check type. */
export const redis: CheckType<RedisSpec> = Object.freeze({
  type: "redis",
  summary: "Asks a Redis how it is, or how a queue in it is: list, stream, keys, entries.",
  schema: redisSpec,
  defaults: { everyMs: 30_000, timeoutMs: 5_000 },
  fields,
  rules: () => [],
  target,
  probe,
  example: `type: redis
url: env:REDIS_URL
stream: kohakku:tasks
group: dispatchers
`,
});
