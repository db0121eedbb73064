/** What became of every message, attempt by attempt, and the dead letters that follow from it. */

import { type Kysely, sql, type Transaction } from "kysely";
import type { DeliveryRecord } from "../domain/story.js";
import { storableText } from "./storable.js";
import type { DeadLetter, DeadLetterFilter, DeliveryFilter } from "./store.js";
import type { Tables } from "./tables.js";
import { timestamp } from "./time-conditions.js";

function isDead({ result }: DeliveryRecord): boolean {
  return result === "dead" || result === "rejected";
}

/** Of several records of one message, the last; one statement cannot touch a row twice. */
function lastByKey(records: readonly DeliveryRecord[]): readonly DeliveryRecord[] {
  const inOrder = [...records].sort((a, b) => a.at - b.at || a.seq - b.seq);
  return [...new Map(inOrder.map((record) => [record.key, record])).values()];
}

/** A message that dies again after it was retried is dead again; the same death written twice changes nothing. */
async function bury(trx: Transaction<Tables>, records: readonly DeliveryRecord[]): Promise<void> {
  const dead = lastByKey(records.filter(isDead));
  if (dead.length === 0) return;
  await trx
    .insertInto("tocsin.dead_letters")
    .values(
      dead.map((record) => ({
        key: record.key,
        incident: record.incident,
        notifier: record.notifier,
        n: record.n,
        kind: record.kind,
        at: new Date(record.at),
        attempts: record.attempt,
        reason: storableText(record.reason ?? record.result),
        state: "dead" as const,
        marked_at: null,
        marked_by: null,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .column("key")
        .doUpdateSet((x) => ({
          at: x.ref("excluded.at"),
          attempts: x.ref("excluded.attempts"),
          reason: x.ref("excluded.reason"),
          state: x.ref("excluded.state"),
        }))
        .whereRef("tocsin.dead_letters.at", "<", "excluded.at"),
    )
    .execute();
}

/** A letter whose workflow gave it up by a person's word. */
async function discard(trx: Transaction<Tables>, records: readonly DeliveryRecord[]): Promise<void> {
  for (const record of records) {
    if (record.result !== "discarded") continue;
    await trx
      .updateTable("tocsin.dead_letters")
      .set({ state: "discarded", marked_at: new Date(record.at) })
      .where("key", "=", record.key)
      .where("at", "<=", timestamp(record.at))
      .execute();
  }
}

export async function insertDeliveries(
  trx: Transaction<Tables>,
  records: readonly DeliveryRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await trx
    .insertInto("tocsin.deliveries")
    .values(
      records.map(({ workflowId, at, reason, ...record }) => ({
        workflow_id: workflowId,
        at: new Date(at),
        reason: reason === undefined ? null : storableText(reason),
        ...record,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await bury(trx, records);
  await discard(trx, records);
}

/** Newest first. */
export async function deliveries(
  db: Kysely<Tables>,
  filter: DeliveryFilter,
): Promise<readonly DeliveryRecord[]> {
  let query = db.selectFrom("tocsin.deliveries").selectAll();
  if (filter.incident !== undefined) query = query.where("incident", "=", filter.incident);
  if (filter.notifier !== undefined) query = query.where("notifier", "=", filter.notifier);
  const rows = await query.orderBy("at", "desc").orderBy("seq", "desc").limit(filter.limit).execute();
  return rows.map(({ workflow_id, reason, ...row }) => ({
    workflowId: workflow_id,
    ...(reason === null ? {} : { reason }),
    ...row,
  }));
}

/** Newest first. */
export async function deadLetters(
  db: Kysely<Tables>,
  filter: DeadLetterFilter,
): Promise<readonly DeadLetter[]> {
  let query = db
    .selectFrom("tocsin.dead_letters")
    .select(["key", "incident", "notifier", "n", "kind", "at", "attempts", "reason", "state"]);
  if (filter.state !== undefined) query = query.where("state", "=", filter.state);
  const { after } = filter;
  if (after !== undefined) {
    const at = timestamp(after.at);
    query = query.where((x) => x.or([x("at", "<", at), x.and([x("at", "=", at), x("key", ">", after.key)])]));
  }
  return query.orderBy("at", "desc").orderBy("key").limit(filter.limit).execute();
}

/** True when there is such a dead letter and this changed its state; false when it had that state or is unknown. */
export async function markDeadLetter(
  db: Kysely<Tables>,
  key: string,
  mark: { readonly state: DeadLetter["state"]; readonly by: string; readonly at: number },
): Promise<boolean> {
  const changed = await db
    .updateTable("tocsin.dead_letters")
    .set({ state: mark.state, marked_by: storableText(mark.by), marked_at: new Date(mark.at) })
    .where("key", "=", key)
    .where("state", "!=", sql.lit(mark.state))
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}
