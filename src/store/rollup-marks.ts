/** Up to where each rollup is complete. */

import { type Kysely, sql } from "kysely";
import { DAY_MS, instantOf } from "./instant.js";
import type { Tables } from "./tables.js";

export type RollupName = "5m" | "1h";

/** Epoch milliseconds; undefined before the first roll-up. */
export async function readMark(db: Kysely<Tables>, rollup: RollupName): Promise<number | undefined> {
  const mark = await db
    .selectFrom("tocsin.rollup_marks")
    .select("up_to")
    .where("rollup", "=", rollup)
    .executeTakeFirst();
  return mark?.up_to;
}

/**
 * Where the first roll-up begins: the midnight before the oldest reading since `notBefore`, or `otherwise` when there is none.
 * One reading from a clock that was decades off must not make it go through every day since.
 */
export async function firstMark(db: Kysely<Tables>, notBefore: number, otherwise: number): Promise<number> {
  const oldest = await sql<{ day: number | null }>`
    select min(day) as day from tocsin.readings where day >= ${instantOf(notBefore).day}
  `.execute(db);
  const day = oldest.rows[0]?.day ?? null;
  return day === null ? otherwise : day * DAY_MS;
}

export async function writeMark(db: Kysely<Tables>, rollup: RollupName, upTo: number): Promise<void> {
  await db
    .insertInto("tocsin.rollup_marks")
    .values({ rollup, up_to: new Date(upTo) })
    .onConflict((conflict) =>
      conflict.column("rollup").doUpdateSet((x) => ({ up_to: x.ref("excluded.up_to") })),
    )
    .execute();
}
