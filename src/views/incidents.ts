/** Incidents as they were stored, and all that happened in one of them. */

import type { IncidentId, ServiceId } from "../domain/ids.js";
import { TocsinError } from "../errors.js";
import type { IncidentSummary, Store } from "../store/store.js";
import { fromStore } from "./from-store.js";
import type { Sources } from "./sources.js";
import { serviceTarget } from "./target.js";
import type { TimelineLine } from "./timeline.js";
import { liveTimeline, storedTimeline } from "./timeline.js";

export interface MeantIncident {
  readonly service: ServiceId;
  /** Absent: its newest. */
  readonly incident?: IncidentId;
}

export interface Timeline {
  readonly incident: string;
  readonly lines: readonly TimelineLine[];
}

export interface TimelineRead {
  readonly timeline: Timeline;
  /** Why the store was not asked: then these are the newest lines only. */
  readonly storeAway?: string;
}

const MAX_DELIVERIES = 2_000;

/** `<system>/<service>`, or an incident's id. Throws CLI-001. */
export function namedIncident(which: string): MeantIncident {
  const at = which.indexOf("@");
  if (at < 0) return { service: serviceTarget(which) };
  return { service: serviceTarget(which.slice(0, at)), incident: which as IncidentId };
}

/** All that are open, then the newest of the others up to the limit. */
export async function newestIncidents(
  store: Store,
  { open, limit }: { readonly open: boolean; readonly limit: number },
): Promise<readonly IncidentSummary[]> {
  const opened = await store.incidents({ open: true, limit });
  if (open) return opened;
  const others = await store.incidents({ open: false, limit });
  return [...opened, ...others].slice(0, limit);
}

/** Rejects with CLI-003 for an incident that nobody knows, CLI-008 when only its workflow could and none answers. */
export async function readTimeline(sources: Sources, meant: MeantIncident): Promise<TimelineRead> {
  const found = await fromStore(sources, (store) => storedIncident(store, meant));
  const away = found.there ? {} : { storeAway: found.why };
  const timeline =
    found.there && found.value !== undefined ? found.value : await liveIncident(sources, meant);
  if (timeline === undefined) {
    throw new TocsinError("CLI-003", `no incident of ${meant.incident ?? meant.service} is known`);
  }
  return { timeline, ...away };
}

async function storedIncident(store: Store, meant: MeantIncident): Promise<Timeline | undefined> {
  const incident =
    meant.incident ?? (await store.incidents({ service: meant.service, limit: 1 }))[0]?.incident;
  if (incident === undefined) return undefined;
  const [events, deliveries] = await Promise.all([
    store.incidentEvents(incident),
    store.deliveries({ incident, limit: MAX_DELIVERIES }),
  ]);
  return events.length === 0 ? undefined : { incident, lines: storedTimeline(events, deliveries) };
}

/** The workflow remembers the newest lines itself, for the time in which the store is away or has not been told yet. */
async function liveIncident(sources: Sources, { service }: MeantIncident): Promise<Timeline | undefined> {
  const operations = await sources.operations();
  const asked = await operations.incidentTimeline(service);
  if (asked.state === "no-worker")
    throw new TocsinError("CLI-008", `no worker answers for the incident of ${service}`);
  return asked.state === "absent" ? undefined : { incident: service, lines: liveTimeline(asked.value) };
}
