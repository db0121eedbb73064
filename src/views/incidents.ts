/** The list of incidents as it was stored and, where Temporal answers, as it stands. */

import type { IncidentSummary, Store } from "../store/store.js";
import type { IncidentRow } from "./incident-rows.js";
import { isOpen, liveRows, overlaidRows, storedRow } from "./incident-rows.js";
import { operationsOr } from "./incident-story.js";
import { openIncidents } from "./open-incidents.js";
import type { Sources } from "./sources.js";

export interface Wanted {
  readonly open: boolean;
  readonly limit: number;
}

/** All that are open, then the newest of the others up to the limit. */
export async function newestIncidents(
  store: Store,
  { open, limit }: Wanted,
): Promise<readonly IncidentSummary[]> {
  const opened = await store.incidents({ open: true, limit });
  if (open) return opened;
  const others = await store.incidents({ open: false, limit });
  return [...opened, ...others].slice(0, limit);
}

/** What was stored, and over it what runs says; `live` is false when Temporal does not answer. */
export async function incidentsNow(
  sources: Sources,
  stored: readonly IncidentSummary[],
  { open, limit }: Wanted,
): Promise<{ readonly rows: readonly IncidentRow[]; readonly live: boolean }> {
  const operations = await operationsOr(sources, true);
  const all = operations === undefined ? stored.map(storedRow) : await liveRows(operations, stored);
  return { rows: all.filter((row) => !open || isOpen(row)).slice(0, limit), live: operations !== undefined };
}

/** A page of what was stored, in its order, and over it what runs says. */
export async function incidentsPage(
  sources: Sources,
  stored: readonly IncidentSummary[],
): Promise<{ readonly rows: readonly IncidentRow[]; readonly live: boolean }> {
  const operations = await operationsOr(sources, true);
  if (operations === undefined) return { rows: stored.map(storedRow), live: false };
  return { rows: await overlaidRows(operations, stored, await openIncidents(operations)), live: true };
}
