import { describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";

import { checkPlan, plan, policyPlan, rulePlan, servicePlan } from "../support/plans.js";
import { deliveryFaults, MINUTE, SECOND } from "../support/tocsin-lines.js";
import { tocsinWorld, type Answer, type TocsinWorld } from "../support/tocsin-world.js";
import { hangs, workerLost } from "../support/workflow-harness.js";

/** More of them by `TOCSIN_STORIES`: about a second each. */
const RUNS = Number(process.env.TOCSIN_STORIES ?? 20);
const TROUBLE_MS = 30 * MINUTE;
const CALM_MS = 30 * MINUTE;

jest.setTimeout(60_000 + RUNS * 10_000);

interface Spell<T> {
  readonly forS: number;
  readonly what: T;
}

/** What holds at a time, of spells that follow each other; undefined after the last one. */
function at<T>(spells: readonly Spell<T>[], sinceMs: number): T | undefined {
  let endMs = 0;
  return spells.find(({ forS }) => (endMs += forS * SECOND) > sinceMs)?.what;
}

function spells<T>(what: fc.Arbitrary<T>): fc.Arbitrary<readonly Spell<T>[]> {
  return fc.array(fc.record({ forS: fc.integer({ min: 5, max: 400 }), what }), { maxLength: 12 });
}

const looks = fc.constantFrom("good" as const, "bad" as const, "bad" as const, "unknown" as const);
const answers = fc.constantFrom("accepted", "accepted", "retry", "ambiguous", "rejected", "hangs", "lost");
const commands = fc.record({
  atS: fc.integer({ min: 60, max: TROUBLE_MS / SECOND }),
  to: fc.constantFrom("monitor" as const, "incident" as const, "incident" as const),
  name: fc.constantFrom(
    "acknowledge",
    "unacknowledge",
    "pause",
    "resume",
    "resolve",
    "escalate",
    "sweepNow",
    "terminate",
  ),
  forS: fc.integer({ min: 30, max: 300 }),
});

const stories = fc.record({
  ready: spells(looks),
  slow: spells(looks),
  pager: spells(answers),
  chat: spells(answers),
  workersUp: spells(fc.constantFrom(true, true, true, false)),
  storeUp: spells(fc.boolean()),
  commands: fc.array(commands, { maxLength: 8 }),
  limits: fc.constantFrom(undefined, { events: 30, bytes: 1_800_000 }, { events: 90, bytes: 1_800_000 }),
  reopenWithinMs: fc.constantFrom(0, 2 * MINUTE),
});
type Story = typeof stories extends fc.Arbitrary<infer S> ? S : never;

const ANSWERS: Readonly<Record<string, Answer>> = { hangs, lost: workerLost };

interface Lived {
  readonly world: TocsinWorld;
  /** Incident ids that were open in a workflow that was terminated: nobody can end those. */
  readonly lost: ReadonlySet<string>;
}

async function live(story: Story): Promise<Lived> {
  const checks = [
    checkPlan({ name: "ready", rules: [rulePlan({ forMs: MINUTE })] }),
    checkPlan({
      name: "slow",
      everyMs: 20 * SECOND,
      rules: [rulePlan({ forMs: 30 * SECOND, severity: "warning" })],
    }),
  ];
  const policies = { default: policyPlan({ reopenWithinMs: story.reopenWithinMs }) };
  const calm = (sinceMs: number): boolean => sinceMs >= TROUBLE_MS;
  const world = await tocsinWorld({
    plan: plan([servicePlan({ checks })], { policies }),
    look: (check, ms) =>
      calm(ms) ? "good" : (at(check.endsWith("ready") ? story.ready : story.slow, ms) ?? "good"),
    answer: (notifier, ms) => {
      const answer = calm(ms)
        ? "accepted"
        : (at(notifier === "chat" ? story.chat : story.pager, ms) ?? "accepted");
      return ANSWERS[answer] ?? (answer as Answer);
    },
    storeUp: (ms) => calm(ms) || (at(story.storeUp, ms) ?? true),
    sweepMs: 800,
    deliverMs: 300,
    ...(story.limits === undefined ? {} : { limits: story.limits }),
  });
  const lost = await trouble(world, story);
  await world.up();
  await world.advanceTo(TROUBLE_MS + CALM_MS);
  return { world, lost };
}

async function trouble(
  world: TocsinWorld,
  { commands: all, workersUp }: Story,
): Promise<ReadonlySet<string>> {
  const lost = new Set<string>();
  let up = true;
  for (let ms = 0; ms < TROUBLE_MS; ms += 5 * SECOND) {
    await world.advanceTo(ms);
    const wanted = at(workersUp, ms) ?? true;
    if (wanted !== up) await (wanted ? world.up() : world.down());
    up = wanted;
    for (const command of all.filter(({ atS }) => Math.floor(atS / 5) * 5 * SECOND === ms)) {
      for (const id of await act(world, command)) lost.add(id);
    }
  }
  return lost;
}

/** Returns the incidents that are lost by it. */
async function act(
  world: TocsinWorld,
  { to, name, forS }: Story["commands"][number],
): Promise<readonly string[]> {
  const target = to === "monitor" ? world.monitor : world.incident("controller");
  if (target === undefined || target.closing !== undefined) return [];
  if (name !== "terminate") {
    await target.signal(name, { by: "ada", for: `${forS}s`, service: "controller" });
    return [];
  }
  if (to === "monitor") return [];
  const { conversations } = (await target.query("status")) as {
    readonly conversations: readonly { readonly id: string }[];
  };
  await target.terminate();
  return conversations.map(({ id }) => id);
}

/** Lanes that may have heard of trouble and whose last accepted message is not an end. */
function owed({ world, lost }: Lived): readonly string[] {
  const lanes = new Map<string, { heard: boolean; last: string }>();
  for (const { incident, notifier, kind, result } of world.told) {
    if (lost.has(incident)) continue;
    const lane = `${incident}/${notifier}`;
    const known = lanes.get(lane) ?? { heard: false, last: "" };
    const mayHaveHeard = kind !== "resolved" && result !== "retry" && result !== "rejected";
    // An end that is refused for good is a dead letter, which a person sees.
    const isLast = result === "accepted" || (kind === "resolved" && result === "rejected");
    lanes.set(lane, { heard: known.heard || mayHaveHeard, last: isLast ? kind : known.last });
  }
  return [...lanes].flatMap(([lane, { heard, last }]) =>
    heard && last !== "resolved" ? [`${lane}: ${last}`] : [],
  );
}

/** Edges that do not begin where the one before ended. */
function brokenEdges(world: TocsinWorld): readonly string[] {
  const states = new Map<string, string>();
  const rows = new Map(world.transitions.map((row) => [row.seq, row]));
  return [...rows.values()]
    .sort((a, b) => a.seq - b.seq)
    .flatMap(({ alert, from, to, at: when }) => {
      const before = states.get(alert) ?? "inactive";
      states.set(alert, to);
      return before === from ? [] : [`${alert} at ${when}: ${before}, then ${from} -> ${to}`];
    });
}

describe("whatever happens for half an hour", () => {
  it("every channel that may have heard of trouble is told its end, nothing is doubled, and all comes to rest", async () => {
    await fc.assert(
      fc.asyncProperty(stories, async (story) => {
        const lived = await live(story);
        const { world } = lived;
        const incidents = ["incident:kohakku/controller", "incident:tocsin/blind"].flatMap((id) =>
          world.world.workflows(id),
        );
        expect(deliveryFaults(world)).toEqual([]);
        expect(brokenEdges(world)).toEqual([]);
        expect(owed(lived)).toEqual([]);
        expect(
          incidents.filter(({ closing }) => closing === undefined).map(({ workflowId }) => workflowId),
        ).toEqual([]);
        expect([world.monitor, ...incidents].flatMap(({ fault }) => fault ?? [])).toEqual([]);
        await world.world.replay();
      }),
      { numRuns: RUNS, endOnFailure: false },
    );
  });
});
