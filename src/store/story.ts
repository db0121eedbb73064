/** Writes what a workflow tells of itself: edges of alerts, events of incidents, deliveries, all or nothing. */

import type { Kysely } from "kysely";
import type { StoryBatch } from "../domain/story.js";
import { insertDeliveries } from "./deliveries.js";
import { insertIncidentEvents } from "./incidents.js";
import type { Tables } from "./tables.js";
import { insertTransitions } from "./transitions.js";

/** One transaction, on disk when it resolves. Writing a batch again adds nothing. */
export async function recordStory(db: Kysely<Tables>, batch: StoryBatch): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await insertTransitions(trx, batch.transitions ?? []);
    await insertIncidentEvents(trx, batch.incidentEvents ?? []);
    await insertDeliveries(trx, batch.deliveries ?? []);
  });
}
