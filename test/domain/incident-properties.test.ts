import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import type { IncidentCommand, IncidentCommandName } from "../../src/domain/commands.js";
import { uncovered } from "../../src/domain/conversation.js";
import type { IncidentId, RevisionId } from "../../src/domain/ids.js";
import { foldCommand } from "../../src/domain/incident-commands.js";
import {
  dueDrafts,
  foldAttempt,
  foldHeld,
  foldLaunch,
  foldMembers,
  foldPolicy,
  isClosable,
  newIncident,
  nextDue,
  recheck,
  tick,
} from "../../src/domain/incident-machine.js";
import type {
  Conversation,
  IncidentLog,
  IncidentState,
  IncidentStep,
} from "../../src/domain/incident-state.js";
import type { LadderSeverity } from "../../src/domain/ladder.js";
import { digest } from "../../src/domain/lane.js";
import type { AttemptResult } from "../../src/domain/message.js";
import type { PolicyPlan } from "../../src/domain/plan.js";
import { member, MINUTE, SERVICE, T0 } from "../support/incident-story.js";
import { policyPlan } from "../support/plans.js";

const HOUR = 60 * MINUTE;
const MONITORS = ["monitor:kohakku", "monitor:kohakku:2"] as const;

const step = fc.record({
  afterMs: fc.constantFrom(0, MINUTE, 5 * MINUTE),
  notify: fc.subarray(["pager", "chat", "lead"], { minLength: 1 }),
});
const policies: fc.Arbitrary<PolicyPlan> = fc
  .record({
    critical: fc.array(step, { maxLength: 3 }),
    warning: fc.array(step, { maxLength: 2 }),
    loops: fc.integer({ min: 1, max: 3 }),
    fallback: fc.subarray(["hook"]),
    reopenWithinMs: fc.constantFrom(0, 0, 10 * MINUTE),
    ackTimeoutMs: fc.constantFrom(5 * MINUTE, 30 * MINUTE),
  })
  .map((policy) => policyPlan(policy));

interface Firing {
  readonly rule: string;
  readonly episode: number;
  readonly severity: "critical" | "warning";
  readonly isPaused: boolean;
}

const firing: fc.Arbitrary<Firing> = fc.record({
  rule: fc.constantFrom("ready/down", "ready/down/a", "ready/down/b", "pool/high", "queue/stalled"),
  episode: fc.integer({ min: 1, max: 3 }),
  severity: fc.constantFrom("critical" as const, "warning" as const),
  isPaused: fc.boolean(),
});

const actions = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant("members" as const),
      from: fc.constantFrom(...MONITORS),
      list: fc.uniqueArray(firing, { maxLength: 3, selector: ({ rule }) => rule }),
      more: fc.constantFrom(0, 0, 0, 3),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant("one changes" as const),
      from: fc.constantFrom(...MONITORS),
      one: firing,
      isOver: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant("nothing fires" as const), from: fc.constantFrom(...MONITORS) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant("command" as const),
      name: fc.constantFrom<IncidentCommandName>(
        "acknowledge",
        "acknowledge",
        "unacknowledge",
        "pause",
        "resume",
        "escalate",
        "resolve",
      ),
      for: fc.constantFrom(undefined, "1m", "2h"),
      named: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      act: fc.constant("land" as const),
      which: fc.nat(9),
      result: fc.constantFrom("accepted", "accepted", "retry", "ambiguous", "rejected", "held"),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 1_000, 40_000, 6 * MINUTE, HOUR),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("recheck" as const) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("policy" as const) }) },
);
type Action = typeof actions extends fc.Arbitrary<infer T> ? T : never;

interface Flight {
  readonly incident: IncidentId;
  readonly notifier: string;
  readonly n: number;
  readonly isEnd: boolean;
}

/** Drives an incident as its workflow does and holds every turn to what is promised. */
class World {
  state: IncidentState = newIncident(SERVICE);
  now = T0;
  flights: Flight[] = [];
  /** `<incident>/<notifier>` that may have heard of trouble and was not told the end. */
  readonly owed = new Set<string>();
  readonly #messages = new Map<string, string>();
  /** What the turn at hand has logged. */
  #logs: readonly IncidentLog[] = [];
  readonly #fires = new Map<string, readonly Firing[]>();
  #seq = 0;

  constructor(private readonly policy: PolicyPlan) {}

  do(action: Action): void {
    const before = this.state.conversations.at(-1);
    this.#logs = [];
    this.take(action);
    this.turn();
    // Who escalates wants the next step, not the first one.
    if (!this.#logs.some(({ kind }) => kind === "escalated")) this.expectPages(before);
    this.expectNothingWorse(before);
  }

  take(action: Action): void {
    switch (action.act) {
      case "members":
        this.members(action.from, action.list, action.more);
        break;
      case "one changes": {
        const others = (this.#fires.get(action.from) ?? []).filter(({ rule }) => rule !== action.one.rule);
        this.members(action.from, action.isOver ? others : [...others, action.one], 0);
        break;
      }
      case "nothing fires":
        this.members(action.from, [], 0);
        break;
      case "command":
        this.apply(foldCommand(this.state, this.command(action), this.now));
        break;
      case "land":
        this.land(action.which, action.result);
        break;
      case "wait":
        this.now += action.ms;
        break;
      case "recheck":
        this.apply({ state: recheck(this.state), effects: [] });
        break;
      case "policy":
        this.readPolicy();
    }
  }

  /** What somebody has is no worse than it was when he took it, or he has it no more. */
  expectNothingWorse(before: Conversation | undefined): void {
    const after = this.state.conversations.at(-1);
    if (after?.acknowledgement === undefined || after.acknowledgement !== before?.acknowledgement) return;
    const open = uncovered(after);
    for (const { alert, severity } of after.members.filter((each) => !open.includes(each))) {
      const was = before.members.find((each) => each.alert === alert)?.severity ?? severity;
      expect({ alert, severity, was }).not.toMatchObject({ severity: "critical", was: "warning" });
    }
  }

  /** What nobody has pages from the bottom, unless the same severity is being paged already: now, or after its group wait. */
  expectPages(before: Conversation | undefined): void {
    const after = this.state.conversations.at(-1);
    if (before === undefined || after?.id !== before.id) return;
    for (const severity of ["critical", "warning"] as const) {
      // What may have fired beyond the list all the time is nothing new.
      const wasBeyond = before.more > 0 && !before.members.some((each) => each.severity === severity);
      if (isOpen(before, severity) || !isOpen(after, severity) || wasBeyond) continue;
      const next = after.ladders[severity]?.next;
      const isAtBottom = next === undefined || (next.what === "step" && next.step === 0 && next.loop === 1);
      const wasClimbed = this.#logs.some(
        ({ kind, text, facts }) =>
          kind === "step" && text.startsWith(severity) && facts?.step === 1 && facts.loop === 1,
      );
      expect({ severity, pages: isAtBottom || wasClimbed }).toEqual({ severity, pages: true });
    }
  }

  readPolicy(): void {
    for (const { id, policy } of this.state.conversations) {
      if (policy === undefined) this.apply(foldPolicy(this.state, id, this.policy));
    }
  }

  members(from: string, list: readonly Firing[], more: number): void {
    this.#seq += 1;
    this.#fires.set(from, list);
    const shard = from === MONITORS[0] ? "" : "-2";
    const members = list.map(({ rule, episode, severity, isPaused }) =>
      member(rule.replace("/", `${shard}/`), {
        episode,
        severity,
        ...(isPaused ? { paused: { by: "ada", until: T0 + 90 * HOUR } } : {}),
      }),
    );
    const revision = "000000000001" as RevisionId;
    const message = { from, seq: this.#seq, revision, list: members, more, ended: [], known: false };
    this.apply(foldMembers(this.state, message, this.now));
  }

  land(which: number, result: string): void {
    const flight = this.flights[which % Math.max(1, this.flights.length)];
    if (flight === undefined) return;
    const { incident, notifier, n, isEnd } = flight;
    this.flights = this.flights.filter((each) => each !== flight);
    const key = `${incident}/${notifier}`;
    if (result === "held" && !isEnd) {
      this.apply(foldHeld(this.state, incident, notifier, this.now + MINUTE, ["silenced"]));
      return;
    }
    const known = result === "held" ? "retry" : result;
    const attempt = { result: known, reason: "so" } as AttemptResult;
    const ended = foldAttempt(this.state, { incident, notifier, n, result: attempt }, this.now, 0);
    this.apply(ended);
    const isDead = ended.effects.some((each) => each.effect === "delivery" && each.result === "dead");
    if (!isEnd && (known === "accepted" || known === "ambiguous")) this.owed.add(key);
    if (isEnd && (known === "accepted" || isDead)) this.owed.delete(key);
  }

  /** One turn of the loop; what is promised of every turn is asserted here. */
  turn(): void {
    this.apply(tick(this.state, this.now));
    for (const { conversation, notifier } of dueDrafts(this.state, this.now)) {
      const draft = conversation.lanes.find((lane) => lane.notifier === notifier)?.draft;
      if (draft === undefined) throw new Error("a draft is due that is none");
      const { n, content } = draft;
      const key = `${conversation.id}/${notifier}/${n}`;
      expect(this.#messages.get(key) ?? digest(content)).toBe(digest(content));
      this.#messages.set(key, digest(content));
      const isPage = ["firing", "escalated", "repeated"].includes(content.kind);
      const isHad = conversation.acknowledgement !== undefined && uncovered(conversation).length === 0;
      if (isHad) expect(isPage).toBe(false);
      if (conversation.pause !== undefined) expect(content.kind).toBe("resolved");
      this.state = freeze(foldLaunch(this.state, conversation.id, notifier));
      this.flights.push({ incident: conversation.id, notifier, n, isEnd: content.kind === "resolved" });
    }
    const due = nextDue(this.state, this.now);
    if (due !== undefined) expect(due).toBeGreaterThan(this.now);
    if (isClosable(this.state)) {
      expect([...this.owed]).toEqual([]);
      expect(this.flights).toEqual([]);
    }
  }

  private command(action: Extract<Action, { readonly act: "command" }>): IncidentCommand {
    const alerts =
      this.state.conversations
        .at(-1)
        ?.members.slice(0, 1)
        .map(({ alert }) => alert) ?? [];
    const input = {
      ...(action.for === undefined ? {} : { for: action.for }),
      ...(action.named && alerts.length > 0 ? { alerts } : {}),
    };
    return { name: action.name, input } as IncidentCommand;
  }

  private apply(step: IncidentStep): void {
    this.state = freeze(step.state);
    this.#logs = [
      ...this.#logs,
      ...step.effects.flatMap((each) => (each.effect === "log" ? [each.log] : [])),
    ];
  }
}

function isOpen(conversation: Conversation, severity: LadderSeverity): boolean {
  return uncovered(conversation).some((each) => each.severity === severity);
}

/** So that nobody changes what he was given. */
function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

describe("whatever monitors, people, notifiers and time do to an incident", () => {
  it("every turn keeps what is promised, and when all is over and accepted it can be closed", () => {
    fc.assert(
      fc.property(
        policies,
        fc.array(actions, { minLength: 5, maxLength: 80, size: "max" }),
        (policy, history) => {
          const world = new World(policy);
          for (const action of history) world.do(action);
          for (const from of MONITORS) world.members(from, [], 0);
          world.readPolicy();
          for (let turns = 0; turns < 60 && !isClosable(world.state); turns += 1) {
            world.turn();
            while (world.flights.length > 0) world.land(0, "accepted");
            world.now += 5 * MINUTE;
          }
          expect(isClosable(world.state)).toBe(true);
          expect([...world.owed]).toEqual([]);
        },
      ),
      { numRuns: 600 },
    );
  });

  it("its state stays small enough to be carried over", () => {
    const list = Array.from({ length: 50 }, (_, index) => ({
      rule: `ready/down/${"subject-".repeat(8)}${index}`,
      episode: 1,
      severity: "critical" as const,
      isPaused: false,
    }));
    const world = new World(
      policyPlan({ critical: [{ afterMs: 0, notify: ["pager", "chat", "lead", "hook"] }] }),
    );
    world.members(MONITORS[0], list, 450);
    world.readPolicy();
    world.turn();
    while (world.flights.length > 0) world.land(0, "accepted");
    expect(JSON.stringify(world.state).length).toBeLessThan(128 * 1024);
  });
});
