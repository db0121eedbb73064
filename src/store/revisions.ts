/** Applied configurations, whole, by revision. */

import type { Kysely } from "kysely";
import type { RevisionId } from "../domain/ids.js";
import type { StoredRevision } from "./store.js";
import { storableText } from "./storable.js";
import type { Tables } from "./tables.js";

const COLUMNS = ["plan", "applied_at as appliedAt", "applied_by as appliedBy"] as const;

/** Applying a revision again makes it the current one; an older application of it that comes late changes nothing. */
export async function saveRevision(db: Kysely<Tables>, stored: StoredRevision): Promise<void> {
  await db
    .insertInto("tocsin.revisions")
    .values({
      id: stored.plan.revision,
      applied_at: new Date(stored.appliedAt),
      applied_by: storableText(stored.appliedBy),
      plan: JSON.stringify(stored.plan),
    })
    .onConflict((conflict) =>
      conflict
        .column("id")
        .doUpdateSet((x) => ({
          applied_at: x.ref("excluded.applied_at"),
          applied_by: x.ref("excluded.applied_by"),
        }))
        .whereRef("tocsin.revisions.applied_at", "<", "excluded.applied_at"),
    )
    .execute();
}

export async function revision(db: Kysely<Tables>, id: RevisionId): Promise<StoredRevision | undefined> {
  return db.selectFrom("tocsin.revisions").select(COLUMNS).where("id", "=", id).executeTakeFirst();
}

/** The one applied last. */
export async function currentRevision(db: Kysely<Tables>): Promise<StoredRevision | undefined> {
  return db
    .selectFrom("tocsin.revisions")
    .select(COLUMNS)
    .orderBy("applied_at", "desc")
    .limit(1)
    .executeTakeFirst();
}
