/** Everything that is known of one incident: how it stands, and what happened in it, from the store and from its workflow. */

import { EXIT, TocsinError } from "../errors.js";
import type { Store } from "../store/store.js";
import type { Asked } from "../temporal/ask.js";
import type { IncidentStatus } from "../temporal/live-status.js";
import type { Operations } from "../temporal/operations.js";
import { fromStore } from "./from-store.js";
import type { IncidentNow } from "./incident-now.js";
import { conversationNow, loggedNow } from "./incident-now.js";
import type { MeantIncident } from "./meant-incident.js";
import type { Sources } from "./sources.js";
import type { TimelineLine } from "./timeline.js";
import { liveTimeline, storedTimeline } from "./timeline.js";

export interface IncidentStory {
  /** Its id; its service where only the workflow's own lines are there. */
  readonly incident: string;
  readonly lines: readonly TimelineLine[];
  readonly now?: IncidentNow;
  /** Its workflow has said how it stands. */
  readonly live: boolean;
  /** What could not be asked, for the person. */
  readonly notes: readonly string[];
}

const MAX_DELIVERIES = 2_000;
export const TEMPORAL_AWAY = "Temporal does not answer: what was stored last";

/** Undefined when none is known. Rejects when neither store nor Temporal can say. */
export async function incidentStory(
  sources: Sources,
  meant: MeantIncident,
): Promise<IncidentStory | undefined> {
  const found = await fromStore(sources, (store) => storedStory(store, meant));
  const stored = found.there ? found.value : undefined;
  // A closed incident has nothing more to say.
  if (stored?.now?.state === "closed") return stored;
  const operations = await operationsOr(sources, stored !== undefined);
  if (operations === undefined) return stored && { ...stored, notes: [TEMPORAL_AWAY] };
  const asked = await operations.incidentStatus(meant.service);
  if (stored !== undefined) return overlaid(stored, asked);
  const away = found.there ? [] : [`store away (${found.why}): live state, the newest lines only`];
  return liveStory(operations, meant, asked, away);
}

/** Undefined when Temporal is away and what was stored can be shown without it. */
export async function operationsOr(sources: Sources, isStored: boolean): Promise<Operations | undefined> {
  try {
    return await sources.operations();
  } catch (error) {
    if (isStored && error instanceof TocsinError && error.exit === EXIT.unreachable) return undefined;
    throw error;
  }
}

async function storedStory(store: Store, meant: MeantIncident): Promise<IncidentStory | undefined> {
  const incident =
    meant.incident ?? (await store.incidents({ service: meant.service, limit: 1 }))[0]?.incident;
  if (incident === undefined) return undefined;
  const [events, deliveries] = await Promise.all([
    store.incidentEvents(incident),
    store.deliveries({ incident, limit: MAX_DELIVERIES }),
  ]);
  const now = loggedNow(events);
  return now && { incident, lines: storedTimeline(events, deliveries), now, live: false, notes: [] };
}

/** Of one that is not closed the workflow knows better. */
function overlaid(stored: IncidentStory, asked: Asked<IncidentStatus>): IncidentStory {
  if (asked.state === "no-worker") {
    return { ...stored, notes: ["no worker answers for it: what was stored last"] };
  }
  const now = asked.state === "answered" ? liveNow(asked.value, stored.incident) : undefined;
  if (now !== undefined) return { ...stored, now, live: true };
  return { ...stored, notes: ["its workflow does not run any more: what was stored last"] };
}

function liveNow({ conversations, severity }: IncidentStatus, incident?: string): IncidentNow | undefined {
  const conversation =
    incident === undefined ? conversations.at(-1) : conversations.find(({ id }) => id === incident);
  return conversation && conversationNow(conversation, severity);
}

/** The workflow remembers the newest lines itself, for the time in which the store is away or has not been told yet. */
async function liveStory(
  operations: Operations,
  { service, incident }: MeantIncident,
  asked: Asked<IncidentStatus>,
  notes: readonly string[],
): Promise<IncidentStory | undefined> {
  const timeline = await operations.incidentTimeline(service);
  if (timeline.state === "no-worker") {
    throw new TocsinError("CLI-008", `no worker answers for the incident of ${service}`);
  }
  if (timeline.state === "absent") return undefined;
  const now = asked.state === "answered" ? liveNow(asked.value, incident) : undefined;
  return {
    incident: service,
    lines: liveTimeline(timeline.value),
    live: now !== undefined,
    notes,
    ...(now === undefined ? {} : { now }),
  };
}
