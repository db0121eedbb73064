/** How far the consumer groups of a Redis stream are: what waits, what is under way, for how long, and whether anything moves. */

import {
  listReply,
  mapReply,
  numberReply,
  RedisRefusal,
  textReply,
  type RedisSession,
} from "./redis-session.js";

export interface GroupState {
  readonly group: string;
  /** Entries not yet handed to any consumer; at least {@link MAX_COUNTED} where the server cannot say and there are more. */
  readonly lag: number;
  /** Handed out and not acknowledged. */
  readonly pending: number;
  readonly consumers: number;
  /** Rises with every entry handed out and with every one acknowledged; stands still when nothing is. */
  readonly progress: number;
  /** Age of the oldest entry that is not done; 0 with none. */
  readonly oldestMs: number;
}

/** Entries that are counted one by one where the server does not know a group's lag: before Redis 7, or after deletions. */
const MAX_COUNTED = 500;
/** Ids before this are no times. */
const EARLIEST_MS = Date.UTC(2010, 0);
/** Sequence numbers told apart within one millisecond; keeps the progress below 2^53. */
const SEQUENCES = 1_000;

/** Milliseconds and sequence of an entry's id. */
function idParts(id: string): readonly [number, number] {
  const [ms = "", sequence = ""] = id.split("-");
  return [Number(ms), Number(sequence)];
}

/** Undefined when there is no stream. */
export async function groupStates(
  session: RedisSession,
  stream: string,
  only: string | undefined,
): Promise<readonly GroupState[] | undefined> {
  const [groups, nowMs] = await Promise.all([groupsOf(session, stream), serverTimeMs(session)]);
  const wanted = groups?.filter((group) => only === undefined || textReply(group.get("name")) === only);
  return wanted && Promise.all(wanted.map((group) => stateOf(session, stream, group, nowMs)));
}

type Group = ReturnType<typeof mapReply>;

async function groupsOf(session: RedisSession, stream: string): Promise<readonly Group[] | undefined> {
  try {
    return listReply(await session.command("XINFO", "GROUPS", stream)).map(mapReply);
  } catch (error) {
    if (error instanceof RedisRefusal && /no such key/i.test(error.message)) return undefined;
    throw error;
  }
}

/** The server's own clock, which also made the ids. */
export async function serverTimeMs(session: RedisSession): Promise<number> {
  const [seconds, micros] = listReply(await session.command("TIME"));
  return Number(textReply(seconds)) * 1_000 + Math.floor(Number(textReply(micros)) / 1_000);
}

async function stateOf(
  session: RedisSession,
  stream: string,
  group: Group,
  nowMs: number,
): Promise<GroupState> {
  const name = textReply(group.get("name"));
  const delivered = textReply(group.get("last-delivered-id"));
  const pending = numberReply(group.get("pending") ?? null);
  const known = group.get("lag");
  const [oldest, waiting] = await Promise.all([
    pending === 0 ? undefined : oldestPending(session, stream, name, nowMs),
    known === 0 ? [] : idsAfter(session, stream, delivered, typeof known === "number" ? 1 : MAX_COUNTED),
  ]);
  const lag = typeof known === "number" ? known : waiting.length;
  const read = group.get("entries-read");
  const [ms, sequence] = idParts(delivered);
  const [next] = waiting;
  return {
    group: name,
    lag,
    pending,
    consumers: numberReply(group.get("consumers") ?? null),
    // Each entry counts once when it is handed out and once when it is acknowledged: 2 × read − pending.
    progress: (typeof read === "number" ? 2 * read : ms * SEQUENCES + (sequence % SEQUENCES)) - pending,
    oldestMs: oldest ?? (next === undefined ? 0 : (ageOf(next, nowMs) ?? 0)),
  };
}

/** Undefined for an id that was not made from a clock. */
function ageOf(id: string, nowMs: number): number | undefined {
  const [ms] = idParts(id);
  return ms < EARLIEST_MS || ms > nowMs + 60_000 ? undefined : Math.max(0, nowMs - ms);
}

/** The age of the entry that was added first; since when it was handed out last, where the id tells no time. */
async function oldestPending(
  session: RedisSession,
  stream: string,
  group: string,
  nowMs: number,
): Promise<number | undefined> {
  const [first] = listReply(await session.command("XPENDING", stream, group, "-", "+", "1"));
  if (first === undefined) return undefined;
  const [id, , idle] = listReply(first);
  return ageOf(textReply(id), nowMs) ?? numberReply(idle ?? null);
}

async function idsAfter(
  session: RedisSession,
  stream: string,
  id: string,
  limit: number,
): Promise<readonly string[]> {
  const found = await session.command("XRANGE", stream, nextId(id), "+", "COUNT", String(limit));
  return listReply(found).map((entry) => textReply(listReply(entry)[0]));
}

/** The smallest id after this one: ranges without their start need Redis 6.2. */
export function nextId(id: string): string {
  const [ms = "0", sequence = "0"] = id.split("-");
  return `${ms}-${BigInt(sequence) + 1n}`;
}
