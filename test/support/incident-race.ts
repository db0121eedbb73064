/** One incident workflow alone, whose every step takes its time and so has a task of its own: for what arrives in between. */

import type { DeliverInput } from "../../src/domain/deliver-input.js";
import type { AlertId, RevisionId } from "../../src/domain/ids.js";
import type { Member, MembersMessage } from "../../src/domain/members.js";
import type { StoryBatch } from "../../src/domain/story.js";
import type { HistoryLimits } from "../../workflows/history-budget.js";
import type { Moment } from "./harness/execution.js";
import { policyPlan } from "./plans.js";
import { MINUTE } from "./tocsin-lines.js";
import { EPOCH, openWorld, type WorkflowHarness, type WorldHarness } from "./workflow-harness.js";

export function member(check: string): Member {
  return {
    alert: `kohakku/controller/${check}/not-ready` as AlertId,
    episode: EPOCH / 1000,
    severity: "critical",
    state: "firing",
    since: EPOCH,
    firedAt: EPOCH,
    bad: 2,
    reason: "refused",
  };
}

export function slice(from: string, seq: number, list: readonly Member[]): MembersMessage {
  const revision = "000000000001" as RevisionId;
  return { from, seq, revision, list, more: 0, ended: [], known: seq > 1, policy: policyPlan() };
}

export interface Played {
  readonly incident: WorkflowHarness;
  readonly told: readonly DeliverInput[];
  readonly kinds: ReadonlyMap<number, string>;
}

interface Twist {
  readonly moment: Moment;
  readonly signal: string;
  readonly payload?: unknown;
}

/** An incident of one member. Everything takes its time, so that every step has a task of its own. */
export async function openIncident(
  oneEventPerTask: boolean,
  limits: HistoryLimits | undefined,
  twist?: Twist,
): Promise<Played & { readonly world: WorldHarness }> {
  const told: DeliverInput[] = [];
  const kinds = new Map<number, string>();
  const world = await openWorld({
    oneEventPerTask,
    activities: {
      gate: () => ({ clear: true }),
      deliver: (input: DeliverInput) => {
        told.push(input);
        return { result: "accepted" };
      },
      // A batch may be sent twice; a row is known by its number.
      record: ({ incidentEvents = [] }: StoryBatch) => {
        for (const { seq, kind } of incidentEvents) kinds.set(seq, kind);
      },
    },
    latencyMs: { gate: 20, deliver: 300, record: 70 },
  });
  const incident = await world.start({
    type: "incident",
    workflowId: "incident:kohakku/controller",
    args: [
      { prefix: "", service: "kohakku/controller", searchAttributes: true, ...(limits ? { limits } : {}) },
    ],
    signals: [
      { moment: "withStart", signal: "members", payload: slice("monitor:kohakku", 1, [member("ready")]) },
      ...(twist === undefined ? [] : [twist]),
    ],
  });
  return { world, incident, told, kinds };
}

/**
 * It is over after a minute. A message of another monitor may come in between, whose member is over eight minutes later.
 */
export async function playIncident(
  oneEventPerTask: boolean,
  limits: HistoryLimits | undefined,
  twist?: Twist,
): Promise<Played> {
  const { world, ...played } = await openIncident(oneEventPerTask, limits, twist);
  const { workflowId } = played.incident;
  await world.advance(MINUTE);
  world.signal(workflowId, "members", slice("monitor:kohakku", 2, []));
  await world.advance(8 * MINUTE);
  world.signal(workflowId, "members", slice("monitor:kohakku:2", 2, []));
  await world.advance(MINUTE);
  return played;
}
