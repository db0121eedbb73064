/** Edges of alerts, as their monitors recorded them. */

import type { Kysely, Transaction } from "kysely";
import { serviceOfAlert } from "../domain/ids.js";
import type { AlertTransition } from "../domain/story.js";
import { storableJson, storableText } from "./storable.js";
import type { TransitionFilter } from "./store.js";
import type { Tables } from "./tables.js";
import { timestamp } from "./time-conditions.js";

export async function insertTransitions(
  trx: Transaction<Tables>,
  transitions: readonly AlertTransition[],
): Promise<void> {
  if (transitions.length === 0) return;
  await trx
    .insertInto("tocsin.alert_transitions")
    .values(
      transitions.map((transition) => ({
        workflow_id: transition.workflowId,
        at: new Date(transition.at),
        seq: transition.seq,
        alert: transition.alert,
        service: serviceOfAlert(transition.alert),
        from_state: transition.from,
        to_state: transition.to,
        episode: transition.episode ?? null,
        severity: transition.severity,
        reason: storableText(transition.reason),
        facts: storableJson(transition.facts),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Newest first. */
export async function transitions(
  db: Kysely<Tables>,
  filter: TransitionFilter,
): Promise<readonly AlertTransition[]> {
  const { alert, service, range, limit } = filter;
  let query = db.selectFrom("tocsin.alert_transitions").selectAll();
  if (alert !== undefined) query = query.where("alert", "=", alert);
  if (service !== undefined) query = query.where("service", "=", service);
  if (range !== undefined) {
    query = query.where("at", ">=", timestamp(range.from)).where("at", "<", timestamp(range.to));
  }
  const rows = await query.orderBy("at", "desc").orderBy("seq", "desc").limit(limit).execute();
  return rows.map(({ workflow_id, from_state, to_state, episode, service: _service, ...row }) => ({
    workflowId: workflow_id,
    from: from_state,
    to: to_state,
    ...(episode === null ? {} : { episode }),
    ...row,
  }));
}
