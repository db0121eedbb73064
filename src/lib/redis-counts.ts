/** Counting in Redis without disturbing it: keys by a pattern, entries of a stream by a value in them. */

import { readJsonPath, type Json } from "./json-path.js";
import { listReply, mapReply, textReply, type RedisSession } from "./redis-session.js";
import { nextId, serverTimeMs } from "./redis-stream.js";
import type { Reply } from "./resp.js";
import { truncateBytes } from "./text.js";

const KEYS_PER_STEP = "1000";
const ENTRIES_PER_STEP = 1_000;
/** Entries of one window that are looked at. */
const MAX_ENTRIES = 50_000;
/** Different values that are told apart. */
const MAX_VALUES = 100;
const MAX_VALUE_BYTES = 100;
const OTHERS = "(others)";

export interface Counted {
  readonly count: number;
  /** There were more than the limit, and counting stopped there. */
  readonly more: boolean;
}

/** By SCAN, a step at a time: KEYS would keep everybody waiting. */
export async function countKeys(session: RedisSession, pattern: string, limit: number): Promise<Counted> {
  // SCAN may give a key twice.
  const found = new Set<string>();
  let cursor = "0";
  do {
    const [next, keys] = listReply(
      await session.command("SCAN", cursor, "MATCH", pattern, "COUNT", KEYS_PER_STEP),
    );
    cursor = textReply(next);
    for (const key of listReply(keys)) found.add(textReply(key));
  } while (cursor !== "0" && found.size <= limit);
  return { count: Math.min(found.size, limit), more: found.size > limit };
}

export interface EntryCounts extends Counted {
  readonly counts: Readonly<Record<string, number>>;
}

/** An entry's fields, those that hold JSON as what it says. */
function entryJson(entry: Reply): Json {
  const fields = mapReply(listReply(entry)[1]);
  return Object.fromEntries([...fields].map(([name, value]) => [name, opened(textReply(value))]));
}

function opened(text: string): Json {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // A text that only begins like JSON is a text.
    return text;
  }
}

function wordOf(value: Json | undefined): string | undefined {
  if (typeof value === "string") return truncateBytes(value, MAX_VALUE_BYTES);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** Entries added within the last `windowMs` by the server's clock, by what stands at `path` in them. */
export async function countEntries(
  session: RedisSession,
  stream: string,
  windowMs: number,
  path: string,
): Promise<EntryCounts> {
  const counts = new Map<string, number>();
  let count = 0;
  let from = String(Math.max(0, (await serverTimeMs(session)) - windowMs));
  for (;;) {
    const found = await session.command("XRANGE", stream, from, "+", "COUNT", String(ENTRIES_PER_STEP));
    const entries = listReply(found);
    for (const entry of entries) {
      const word = wordOf(readJsonPath(entryJson(entry), path));
      if (word === undefined) continue;
      const key = counts.has(word) || counts.size < MAX_VALUES ? word : OTHERS;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    count += entries.length;
    const last = entries.at(-1);
    const more = last !== undefined && entries.length === ENTRIES_PER_STEP;
    if (!more || count >= MAX_ENTRIES) return { count, more, counts: Object.fromEntries(counts) };
    from = nextId(textReply(listReply(last)[0]));
  }
}
