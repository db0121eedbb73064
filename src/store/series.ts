/** The number that stands for a check, or for one subject of it, in every reading. Known numbers are kept in memory. */

import { type Kysely, sql } from "kysely";
import type { CheckId } from "../domain/ids.js";
import { storableSubject } from "./storable.js";
import type { Tables } from "./tables.js";

export interface SeriesName {
  readonly check: CheckId;
  readonly subject?: string | undefined;
}

interface Known {
  readonly id: number;
  /** The day up to which the table says that it was seen. */
  readonly seenDay: number;
}

const MAX_KNOWN = 200_000;

function keyOf({ check, subject }: SeriesName): string {
  return subject === undefined ? check : `${check}\n${storableSubject(subject)}`;
}

/** One cache per store. Cleared when a connection breaks: what answers next may be another server, or an older state of this one. */
export class SeriesCache {
  readonly #known = new Map<string, Known>();

  clear(): void {
    this.#known.clear();
  }

  /** The numbers of the given series, in their order; made where they are missing, and noted as seen on that day. */
  async resolve(db: Kysely<Tables>, names: readonly SeriesName[], day: number): Promise<readonly number[]> {
    const keys = names.map(keyOf);
    const missing = new Map<string, SeriesName>();
    for (const [index, name] of names.entries()) {
      const key = keys[index] ?? "";
      if ((this.#known.get(key)?.seenDay ?? -1) < day) missing.set(key, name);
    }
    if (missing.size > 0) await this.#learn(db, missing, day);
    return keys.map((key) => this.#known.get(key)?.id ?? 0);
  }

  async #learn(db: Kysely<Tables>, missing: ReadonlyMap<string, SeriesName>, day: number): Promise<void> {
    // In one order everywhere, so that two writers never wait for each other in a circle.
    const names = [...missing].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, name]) => name);
    const checks = names.map((name) => name.check);
    const subjects = names.map((name) => (name.subject === undefined ? null : storableSubject(name.subject)));
    const wanted = sql`unnest(${checks}::text[], ${subjects}::text[]) as w (check_id, subject)`;
    await sql`insert into tocsin.series (check_id, subject, seen_day) select w.check_id, w.subject, ${day} from ${wanted} on conflict do nothing`.execute(
      db,
    );
    const found = await sql<{ id: number; check_id: CheckId; subject: string | null }>`
      select s.id, s.check_id, s.subject from ${wanted}
      join tocsin.series s on s.check_id = w.check_id and s.subject = w.subject
      union all
      select s.id, s.check_id, s.subject from ${wanted}
      join tocsin.series s on s.check_id = w.check_id and s.subject is null where w.subject is null
    `.execute(db);
    const ids = found.rows.map((row) => row.id);
    // A row that another writer is noting at this moment needs no second note.
    await sql`
      update tocsin.series set seen_day = ${day} where id in (
        select id from tocsin.series where id = any(${ids}::int[]) and seen_day < ${day} for update skip locked)
    `.execute(db);
    if (this.#known.size + found.rows.length > MAX_KNOWN) this.#known.clear();
    for (const row of found.rows) {
      const name = { check: row.check_id, subject: row.subject ?? undefined };
      this.#known.set(keyOf(name), { id: row.id, seenDay: day });
    }
  }
}

export interface SeriesRow {
  readonly id: number;
  readonly subject: string | null;
}

/** All series of a check: itself, and every subject it ever reported. */
export async function seriesOfCheck(db: Kysely<Tables>, check: CheckId): Promise<readonly SeriesRow[]> {
  return db.selectFrom("tocsin.series").select(["id", "subject"]).where("check_id", "=", check).execute();
}
