import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { isEpisode } from "../../src/domain/alert-machine.js";
import { BLIND_SERVICE, blindSlice, syncBlindness } from "../../src/domain/blindness.js";
import type { AlertId } from "../../src/domain/ids.js";
import { tickLane } from "../../src/domain/lane-clock.js";
import { acknowledged, foldTime, release, takePlan } from "../../src/domain/monitor-machine.js";
import { addPause, removePause } from "../../src/domain/monitor-pauses.js";
import type { MonitorPlan } from "../../src/domain/monitor-plan.js";
import type { MonitorState, MonitorStep } from "../../src/domain/monitor-state.js";
import { newMonitor } from "../../src/domain/monitor-state.js";
import type { Verdict } from "../../src/domain/reading.js";
import { dueTellings, foldTold, sendingTo, sliceOf } from "../../src/domain/telling.js";
import { monitorDue } from "../support/monitor-due.js";
import type { Swept } from "../support/monitor-story.js";
import { checksPlan, laneOf, SYSTEM, sweep } from "../support/monitor-story.js";
import { rulePlan } from "../support/plans.js";

const MINUTE = 60_000;
const rules = [
  rulePlan({ name: "down", forMs: 20_000 }),
  rulePlan({ name: "now", forMs: 0, minBad: 1, severity: "warning", unknownForMs: MINUTE }),
  rulePlan({ name: "event", hold: MINUTE }),
  rulePlan({ name: "shown", forMs: 0, minBad: 1, severity: "info" }),
];
const PLANS: readonly MonitorPlan[] = [
  checksPlan(["api/ready", "db/up"], { rules }),
  checksPlan(["api/ready", "db/up"], {
    rules: rules.slice(0, 2).map((rule) => ({ ...rule, forMs: 90_000 })),
  }),
  checksPlan(["db/up"], { rules, everyMs: 40_000 }),
];

const alerts = [
  "api/ready/down",
  "api/ready/down/a",
  "api/ready/now",
  "api/ready/event",
  "db/up/down",
  "db/up/shown",
  "db/up/now",
];
const actions = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      act: fc.constant("sweep" as const),
      verdict: fc.constantFrom<Verdict>("bad", "bad", "good", "unknown", "absent"),
      which: fc.subarray(alerts),
      ageMs: fc.nat(9_000),
      tookMs: fc.nat(9_000),
      isPart: fc.boolean(),
      overflow: fc.constantFrom(0, 0, 0, 2),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 4_000, 15_000, MINUTE, 20 * MINUTE),
    }),
  },
  { weight: 4, arbitrary: fc.record({ act: fc.constant("told" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant("pause" as const),
      scope: fc.constantFrom({}, { service: "api" }, { service: "db", check: "up" }),
      forMs: fc.constantFrom(1, MINUTE, 30 * MINUTE),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("resume" as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("plan" as const), which: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom("release" as const, "acknowledge" as const) }) },
);
type Action = typeof actions extends fc.Arbitrary<infer T> ? T : never;

/** What one incident knows: the keys of the slice it was last told. */
type Known = ReadonlySet<string>;

class World {
  plan: MonitorPlan = PLANS[0] ?? checksPlan([]);
  now = 1_000_000;
  state: MonitorState = takePlan(newMonitor(SYSTEM), this.plan, () => 0, this.now).state;
  readonly known = new Map<string, Known>();
  /** What is on its way, one message a service. */
  readonly #sent = new Map<string, () => void>();

  do(action: Action): void {
    switch (action.act) {
      case "sweep":
        this.sweep(action);
        break;
      case "wait":
        this.now += action.ms;
        break;
      case "told":
        for (const [service, land] of [...this.#sent]) {
          this.#sent.delete(service);
          land();
        }
        break;
      case "pause":
        this.apply(
          addPause(
            this.state,
            this.plan,
            { ...action.scope, by: "ada", at: this.now, until: this.now + action.forMs },
            this.now,
          ),
        );
        break;
      case "resume":
        this.apply(removePause(this.state, this.plan, {}, this.now));
        break;
      case "plan":
        this.plan = PLANS[action.which] ?? this.plan;
        this.apply(takePlan(this.state, this.plan, () => 0, this.now));
        break;
      case "release":
      case "acknowledge": {
        const firing = Object.entries(this.state.alerts).flatMap(([alert, record]) =>
          isEpisode(record) ? [{ alert: `${SYSTEM}/${alert}` as AlertId, episode: record.episode }] : [],
        );
        this.apply(
          action.act === "release"
            ? release(
                this.state,
                this.plan,
                { service: "api", alerts: firing.slice(0, 1), all: false },
                this.now,
              )
            : acknowledged(this.state, this.plan, { service: "api", alerts: firing, all: false }, this.now),
        );
      }
    }
    this.turn();
  }

  /** One turn of the monitor's loop, and what is promised of each. */
  turn(): void {
    this.apply(foldTime(this.state, this.plan, this.now));
    this.state = freeze(syncBlindness(this.state, this.plan, this.now));
    for (const lane of this.plan.lanes) {
      const clock = this.state.lanes[lane.key];
      if (clock === undefined || this.now < clock.next) continue;
      const lanes = { ...this.state.lanes, [lane.key]: tickLane(clock, lane.everyMs, this.now) };
      this.state = freeze({ ...this.state, lanes });
    }
    for (const service of dueTellings(this.state, this.now)) if (!this.#sent.has(service)) this.send(service);
    const due = monitorDue(this.state, this.plan);
    if (due !== undefined && due.at <= this.now) throw new Error(`spins: ${due.what}`);
  }

  /** Sends what is due and takes every answer until nothing is left to be told. */
  tellAll(): void {
    for (let turns = 0; turns < 10; turns += 1) {
      this.do({ act: "told" });
      if (this.#sent.size === 0 && dueTellings(this.state, this.now).length === 0) return;
    }
    throw new Error("there is always more to be told");
  }

  private send(service: string): void {
    const ended = this.state.tellings[service]?.ended ?? [];
    const list =
      service === BLIND_SERVICE ? blindSlice(this.state) : sliceOf(this.state, this.plan, service).list;
    this.state = freeze(sendingTo(this.state, service, this.state.tellSeq + 1));
    this.#sent.set(service, () => {
      this.known.set(service, new Set(list.map(({ alert, episode }) => `${alert}#${episode}`)));
      this.state = freeze(foldTold(this.state, service, ended, list.length === 0, this.now));
    });
  }

  private sweep({
    verdict,
    which,
    ageMs,
    tookMs,
    isPart,
    overflow,
  }: Extract<Action, { readonly act: "sweep" }>): void {
    const seen = Object.fromEntries(which.map((alert): [string, Swept] => [alert, { verdict, ageMs }]));
    this.apply(
      sweep(this.state, this.plan, seen, this.now, {
        begunAt: this.now - tookMs,
        lane: laneOf(this.plan),
        ...(isPart ? { only: ["api/ready"] } : { result: { overflow } }),
      }),
    );
  }

  private apply(step: MonitorStep): void {
    this.state = freeze(step.state);
  }
}

/** So that nobody changes what he was given. */
function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

describe("whatever sweeps, people, configuration and time do to a monitor", () => {
  it("it never wants to be woken in the past, and its incidents come to know what fires", () => {
    fc.assert(
      fc.property(fc.array(actions, { minLength: 5, maxLength: 60 }), (history) => {
        const world = new World();
        for (const action of history) world.do(action);
        world.tellAll();
        const { state } = world;
        const firing = Object.entries(state.alerts).flatMap(([alert, record]) =>
          isEpisode(record) && record.severity !== "info" ? [`${SYSTEM}/${alert}#${record.episode}`] : [],
        );
        const blind = blindSlice(state).map(({ alert, episode }) => `${alert}#${episode}`);
        const known = [...world.known.values()].flatMap((each) => [...each]);
        expect(new Set(known)).toEqual(new Set([...firing, ...blind]));
        const open = [...world.known].filter(([, each]) => each.size > 0).map(([service]) => service);
        expect(new Set(Object.keys(state.tellings))).toEqual(new Set(open));
      }),
      { numRuns: 400 },
    );
  });
});
