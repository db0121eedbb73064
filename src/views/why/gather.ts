/** Reads what an explanation needs: edges, incidents and deliveries from the store, guards and clocks from what runs. */

import type { ServiceId } from "../../domain/ids.js";
import type { LadderSeverity } from "../../domain/ladder.js";
import type { Plan, PolicyPlan } from "../../domain/plan.js";
import type { AlertTransition } from "../../domain/story.js";
import type { IncidentStatus, LiveConversation } from "../../temporal/live-status.js";
import type { Store } from "../../store/store.js";
import type { FromStore } from "../from-store.js";
import { fromStore } from "../from-store.js";
import type { Sources } from "../sources.js";
import { appliedPlan } from "../monitors.js";
import { findService } from "../../domain/plan-lookup.js";
import type { WhyTarget } from "../target.js";
import type { WhyInput } from "./why-input.js";
import type { Look } from "./looks.js";
import { readLooks } from "./looks.js";
import { isMeant } from "./meant.js";
import { readLive } from "./read-live.js";
import { checksMeant, watchOf } from "./watch.js";
import type { WhyIncident } from "./why-incident.js";
import { concerns } from "./why-incident.js";

const MAX_EDGES = 1_000;
const MAX_INCIDENTS = 20;
const MAX_DELIVERIES = 1_000;
const DEFAULT_POLICY = "default";

export interface Looking {
  readonly now: number;
  readonly from: number;
  /** Every spell of trouble, not only the last. */
  readonly all: boolean;
}

type StoredIncident = Pick<WhyIncident, "incident" | "events" | "deliveries">;

interface Stored {
  readonly transitions: readonly AlertTransition[];
  readonly incidents: readonly StoredIncident[];
  /** Only of what was in no trouble: what was is explained by its edges. */
  readonly looks: readonly Look[];
}

export interface Gathered {
  readonly input: WhyInput;
  /** What could not be read, for the person. */
  readonly notes: readonly string[];
}

/** Store and Temporal may each be away; what the other knows is explained then. Rejects only when neither can be reached. */
export async function gatherWhy(
  sources: Sources,
  which: string,
  target: WhyTarget,
  { now, from, all }: Looking,
): Promise<Gathered> {
  const plan = await appliedPlan(sources);
  const stored = await fromStore(sources, (store) =>
    readStored(store, plan, target, { from, to: now + 1 }, all),
  );
  const live = await readLive(sources, target, stored.there);
  const transitions = stored.there ? stored.value.transitions : [];
  const incidents = await Promise.all(
    merged(stored, live.incident).map((each) => withPolicy(sources, target.service, each, live.incident)),
  );
  return {
    input: {
      target: which,
      about: target,
      now,
      from,
      transitions,
      incidents: incidents.filter((each) => concerns(each, target)),
      spells: all ? Number.MAX_SAFE_INTEGER : 1,
      ...(live.guards === undefined ? {} : { guards: live.guards }),
      ...(live.monitors === undefined ? {} : { watch: watchOf(live.monitors, plan, target, now) }),
      ...(stored.there ? { looks: stored.value.looks } : {}),
    },
    notes: [...(stored.there ? [] : [`store away (${stored.why}): live state`]), ...live.notes],
  };
}

async function readStored(
  store: Store,
  plan: Plan | undefined,
  target: WhyTarget,
  range: { readonly from: number; readonly to: number },
  all: boolean,
): Promise<Stored> {
  const scope = target.kind === "alert" ? { alert: target.alert } : { service: target.service };
  const edges = await store.transitions({ ...scope, range, limit: MAX_EDGES });
  const summaries = await store.incidents({ service: target.service, limit: all ? MAX_INCIDENTS : 3 });
  const incidents = await Promise.all(
    summaries.map(async ({ incident }) => {
      const [events, deliveries] = await Promise.all([
        store.incidentEvents(incident),
        store.deliveries({ incident, limit: MAX_DELIVERIES }),
      ]);
      return { incident, events, deliveries };
    }),
  );
  const transitions = edges.filter(({ alert }) => isMeant(alert, target));
  const looks = transitions.length > 0 ? [] : await readLooks(store, checksMeant(plan, target), range);
  return { transitions, incidents, looks };
}

/** The stored incidents, and those that the running workflow knows and the store does not. */
function merged(stored: FromStore<Stored>, live: IncidentStatus | undefined): readonly StoredIncident[] {
  const known = stored.there ? stored.value.incidents : [];
  const missing = (live?.conversations ?? []).filter(
    ({ id }) => !known.some(({ incident }) => incident === id),
  );
  return [...missing.map(({ id }) => ({ incident: id, events: [], deliveries: [] })), ...known];
}

async function withPolicy(
  sources: Sources,
  service: ServiceId,
  stored: StoredIncident,
  live: IncidentStatus | undefined,
): Promise<WhyIncident> {
  const conversation = live?.conversations.find(({ id }) => id === stored.incident);
  const severities = severitiesOf(stored.events, conversation);
  const policy = await policyOf(sources, service, stored.events);
  return {
    ...stored,
    severities,
    ...(policy === undefined ? {} : { policy }),
    ...(conversation === undefined ? {} : { live: conversation }),
  };
}

function severitiesOf(
  events: WhyIncident["events"],
  conversation: LiveConversation | undefined,
): readonly LadderSeverity[] {
  const said = new Set<unknown>([
    ...events.map(({ facts }) => facts.severity),
    ...(conversation?.members ?? []).map(({ severity }) => severity),
  ]);
  return (["critical", "warning"] as const).filter((severity) => said.has(severity));
}

/** The policy of the revision under which the incident was opened; undefined when that is not known here any more. */
async function policyOf(
  sources: Sources,
  service: ServiceId,
  events: WhyIncident["events"],
): Promise<PolicyPlan | undefined> {
  const opened = events.find(({ kind }) => kind === "opened")?.facts.revision;
  const plans = await sources.plans();
  const current = await plans.current();
  const plan =
    typeof opened !== "string" || opened === current?.plan.revision
      ? current?.plan
      : await plans.plan(opened as Plan["revision"]).catch(() => undefined);
  const name = plan === undefined ? undefined : (findService(plan, service)?.policy ?? DEFAULT_POLICY);
  return name === undefined ? undefined : plan?.policies[name];
}
