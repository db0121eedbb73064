/** Who may use the listener. Secrets never come here, only what they hash to. */

import { type Kysely, sql } from "kysely";
import type { NewToken, StoredToken } from "./incoming.js";
import { storableJson, storableText } from "./storable.js";
import type { Tables } from "./tables.js";

async function audit(
  db: Kysely<Tables>,
  what: string,
  target: string,
  by: string,
  facts: object,
): Promise<void> {
  await db
    .insertInto("tocsin.audit")
    .values({ by_whom: storableText(by), what, target, facts: storableJson(facts) })
    .execute();
}

export async function createToken(db: Kysely<Tables>, token: NewToken): Promise<void> {
  const { id, hash, name, scopes, pingCheck, createdBy, expiresAt } = token;
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto("tocsin.tokens")
      .values({
        id,
        hash,
        name: storableText(name),
        scopes: [...scopes],
        ping_check: pingCheck ?? null,
        created_by: storableText(createdBy),
        expires_at: expiresAt === undefined ? null : new Date(expiresAt),
      })
      .execute();
    await audit(trx, "token created", id, createdBy, {
      name,
      scopes,
      ...(pingCheck === undefined ? {} : { check: pingCheck }),
    });
  });
}

/** Newest first. */
export async function tokens(db: Kysely<Tables>): Promise<readonly StoredToken[]> {
  const rows = await db
    .selectFrom("tocsin.tokens")
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    hash: row.hash,
    name: row.name,
    scopes: row.scopes,
    createdAt: row.created_at,
    createdBy: row.created_by,
    ...(row.ping_check === null ? {} : { pingCheck: row.ping_check }),
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
  }));
}

export async function revokeToken(db: Kysely<Tables>, id: string, by: string): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const revoked = await sql<{ name: string }>`
      update tocsin.tokens set revoked_at = now() where id = ${id} and revoked_at is null returning name
    `.execute(trx);
    const [token] = revoked.rows;
    if (token === undefined) return false;
    await audit(trx, "token revoked", id, by, { name: token.name });
    return true;
  });
}

export async function touchTokens(db: Kysely<Tables>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`update tocsin.tokens set last_used_at = now() where id = any(${[...ids].sort()}::text[])`.execute(
    db,
  );
}
