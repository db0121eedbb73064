/** Stories about what workflows tell: edges of alerts, incidents, deliveries, dead letters; and about applied revisions. */

import { describe, expect, it } from "@jest/globals";
import { alertId, checkId, incidentId, type RevisionId, serviceId } from "../../src/domain/ids.js";
import type { Plan } from "../../src/domain/plan.js";
import type { IncidentEvent } from "../../src/domain/story.js";
import type { DeadLetter, IncidentSummary } from "../../src/store/store.js";
import {
  ALERT,
  DAY,
  delivery,
  event,
  HOUR,
  INCIDENT,
  MINUTE,
  NOON,
  RETENTION,
  SECOND,
  SERVICE,
  type Stage,
  transition,
} from "./store-stage.js";

function plan(revision: string, differing: Partial<Plan> = {}): Plan {
  return {
    revision: revision as RevisionId,
    systems: [],
    notifiers: {},
    policies: {},
    schedules: [],
    egress: { allow: [], deny: [] },
    retention: RETENTION,
    ...differing,
  };
}

function transitionStories(stage: () => Stage): void {
  describe("transitions", () => {
    const other = alertId(checkId("koda", "worker", "queue"), "long", "a/b");
    const all = [
      transition(3, NOON + MINUTE, { from: "firing", to: "recovering" }),
      transition(2, NOON),
      transition(1, NOON - MINUTE, { from: "inactive", to: "pending" }),
    ];
    const foreign = transition(1, NOON, { workflowId: "monitor:koda", alert: other, severity: "warning" });

    it.each([
      ["all, newest first", { limit: 10 }, [all[0], all[1], foreign, all[2]]],
      ["of one alert", { alert: ALERT, limit: 10 }, all],
      ["of one service", { service: serviceId("koda", "worker"), limit: 10 }, [foreign]],
      ["of a time", { alert: ALERT, range: { from: NOON, to: NOON + MINUTE }, limit: 10 }, [all[1]]],
      ["not more than wanted", { limit: 1 }, [all[0]]],
    ])("are found: %s", async (_, filter, wanted) => {
      await stage().store.recordStory({ transitions: [...all, foreign] });
      expect(await stage().store.transitions(filter)).toEqual(wanted);
    });

    it("recorded again add nothing, and keep apart what another run of the workflow counted alike", async () => {
      await stage().store.recordStory({ transitions: all });
      await stage().store.recordStory({ transitions: [...all, transition(3, NOON + HOUR)] });
      expect(await stage().store.transitions({ limit: 10 })).toEqual([transition(3, NOON + HOUR), ...all]);
    });

    it("with any text in them come back, less what no database holds", async () => {
      const told = transition(1, NOON, { reason: "a\0b\n'é🦀\ud800", facts: { "a\0": "\0", yes: true } });
      await stage().store.recordStory({ transitions: [told] });
      const [found] = await stage().store.transitions({ limit: 1 });
      expect(found).toEqual({
        ...told,
        reason: "a\uFFFDb\n'é🦀\uFFFD",
        facts: { "a\uFFFD": "\uFFFD", yes: true },
      });
    });
  });

  it("a story is told whole or not at all", async () => {
    const broken = delivery(1, { n: 2 ** 40 });
    const story = {
      transitions: [transition(1, NOON)],
      incidentEvents: [event(0, "opened")],
      deliveries: [broken],
    };
    await expect(stage().store.recordStory(story)).rejects.toMatchObject({ code: "STO-008" });
    expect(await stage().store.transitions({ limit: 1 })).toEqual([]);
    expect(await stage().store.incidents({ limit: 1 })).toEqual([]);
  });
}

function incidentStories(stage: () => Stage): void {
  describe("an incident", () => {
    const opened = event(0, "opened", { facts: { severity: "warning" } });

    it.each<readonly [string, readonly IncidentEvent[], object, boolean]>([
      ["is open once opened", [opened], {}, true],
      ["stays open through acknowledgement", [opened, event(1, "acknowledged", { by: "ada" })], {}, true],
      ["has ended without members", [opened, event(1, "ended")], { endedAt: NOON + SECOND }, false],
      ["is open again when reopened", [opened, event(1, "ended"), event(2, "reopened")], {}, true],
      [
        "is closed when everybody was told",
        [opened, event(1, "ended"), event(2, "closed")],
        { endedAt: NOON + SECOND, closedAt: NOON + 2 * SECOND },
        false,
      ],
      [
        "has ended when it was closed",
        [opened, event(1, "closed")],
        { endedAt: NOON + SECOND, closedAt: NOON + SECOND },
        false,
      ],
      [
        "is known even when its opening was not told",
        [event(1, "acknowledged", { facts: { severity: "warning" } })],
        {},
        true,
      ],
    ])("%s", async (_, events, differing, open) => {
      await stage().store.recordStory({ incidentEvents: events });
      const last = events.at(-1);
      const summary = {
        incident: INCIDENT,
        service: SERVICE,
        openedAt: NOON,
        severity: "warning",
        lastEvent: last?.kind,
        lastEventAt: last?.at,
        ...differing,
      };
      expect(await stage().store.incidents({ limit: 10 })).toEqual([summary]);
      expect(await stage().store.incidents({ open, limit: 10 })).toEqual([summary]);
      expect(await stage().store.incidents({ open: !open, limit: 10 })).toEqual([]);
    });

    it("is as severe as its severest event, and a warning when none says", async () => {
      const unsaid = event(0, "opened", { incident: incidentId(SERVICE, NOON + HOUR), at: NOON + HOUR });
      await stage().store.recordStory({
        incidentEvents: [opened, event(1, "member", { facts: { severity: "critical" } }), unsaid],
      });
      await stage().store.recordStory({
        incidentEvents: [event(2, "member", { facts: { severity: "info" } })],
      });
      const found = await stage().store.incidents({ limit: 10 });
      expect(found.map(({ severity }) => severity)).toEqual(["warning", "critical"]);
    });

    it("is the same whatever order its events come in, twice, from two writers at once", async () => {
      const events = [
        opened,
        event(1, "member", { facts: { severity: "critical" } }),
        event(2, "ended"),
        event(3, "closed"),
      ];
      const other = stage().another();
      await Promise.all(
        [...events, ...events.toReversed()].map((each, index) =>
          (index % 2 === 0 ? stage().store : other).recordStory({ incidentEvents: [each] }),
        ),
      );
      expect(await stage().store.incidentEvents(INCIDENT)).toEqual(events);
      expect(await stage().store.incidents({ limit: 10 })).toMatchObject([
        {
          severity: "critical",
          lastEvent: "closed",
          endedAt: NOON + 2 * SECOND,
          closedAt: NOON + 3 * SECOND,
        },
      ]);
    });

    it("keeps its log in order, to the letter", async () => {
      const spoken = event(1, "comment", {
        by: "ada\0",
        text: "über\nzwei Zeilen",
        facts: { n: 1.5, ok: false },
      });
      await stage().store.recordStory({ incidentEvents: [event(2, "ended"), spoken, opened] });
      expect(await stage().store.incidentEvents(INCIDENT)).toEqual([
        opened,
        { ...spoken, by: "ada\uFFFD" },
        event(2, "ended"),
      ]);
    });

    it("comes in pages that add up to the whole, though some were opened at one time", async () => {
      const { store } = stage();
      const ids = Array.from({ length: 7 }, (_, n) =>
        incidentId(serviceId("kohakku", `s${n}`), NOON + Math.floor(n / 3) * SECOND),
      );
      await store.recordStory({
        incidentEvents: ids.map((incident, n) => event(n, "opened", { incident, at: NOON + n })),
      });
      const whole = await store.incidents({ limit: 10 });
      const pages: IncidentSummary[] = [];
      for (;;) {
        const after = pages.at(-1);
        const page = await store.incidents({ limit: 2, ...(after === undefined ? {} : { after }) });
        if (page.length === 0) break;
        pages.push(...page);
      }
      expect(whole).toHaveLength(7);
      expect(pages).toEqual(whole);
    });

    it("is listed newest first, by service, as many as wanted", async () => {
      const later = event(0, "opened", { incident: incidentId(SERVICE, NOON + HOUR), at: NOON + HOUR });
      const koda = serviceId("koda", "worker");
      const elsewhere = event(0, "opened", {
        workflowId: "incident:koda/worker",
        incident: incidentId(koda, NOON + 1),
      });
      await stage().store.recordStory({ incidentEvents: [opened, later, elsewhere] });
      const ids = async (filter: { service?: typeof koda; limit: number }) =>
        (await stage().store.incidents(filter)).map(({ incident }) => incident);
      expect(await ids({ limit: 10 })).toEqual([later.incident, elsewhere.incident, INCIDENT]);
      expect(await ids({ limit: 1 })).toEqual([later.incident]);
      expect(await ids({ service: koda, limit: 10 })).toEqual([elsewhere.incident]);
    });

    it("that never ended is over once another of its service opens: its workflow was lost, and a service has one at a time", async () => {
      const later = incidentId(SERVICE, NOON + HOUR);
      const told = event(1, "told", { at: NOON + 1 });
      await stage().store.recordStory({ incidentEvents: [event(0, "opened"), told] });
      await stage().store.recordStory({
        incidentEvents: [event(0, "opened", { incident: later, at: NOON + HOUR })],
      });
      const lost = { incident: INCIDENT, endedAt: NOON + HOUR, closedAt: NOON + HOUR };
      const open = async () =>
        (await stage().store.incidents({ open: true, limit: 10 })).map((each) => each.incident);
      expect(await open()).toEqual([later]);
      expect(await stage().store.incidents({ open: false, limit: 10 })).toMatchObject([lost]);
      // A word of the lost one that comes late changes nothing.
      await stage().store.recordStory({ incidentEvents: [event(2, "told", { at: NOON + 2 })] });
      expect(await open()).toEqual([later]);
    });
  });
}

function deliveryStories(stage: () => Stage): void {
  it("deliveries are found by incident and notifier, newest first, once", async () => {
    const first = delivery(1, { result: "retry", reason: "503" });
    const mail = delivery(3, { notifier: "mail", key: `${INCIDENT}/mail/1`, kind: "resolved" });
    await stage().store.recordStory({ deliveries: [first, delivery(2), mail] });
    await stage().store.recordStory({ deliveries: [first] });
    expect(await stage().store.deliveries({ limit: 10 })).toEqual([mail, delivery(2), first]);
    expect(await stage().store.deliveries({ notifier: "pager", limit: 1 })).toEqual([delivery(2)]);
    expect(await stage().store.deliveries({ incident: incidentId(SERVICE, 0), limit: 10 })).toEqual([]);
  });

  describe("a dead letter", () => {
    const dead = delivery(7, { result: "dead", reason: "gave up after 72 h" });
    const letter = {
      key: dead.key,
      incident: INCIDENT,
      notifier: "pager",
      n: 1,
      kind: "firing",
      at: dead.at,
      attempts: 7,
      reason: "gave up after 72 h",
      state: "dead",
    };

    it.each([
      ["accepted", 0],
      ["retry", 0],
      ["ambiguous", 0],
      ["superseded", 0],
      ["held", 0],
      ["rejected", 1],
      ["dead", 1],
    ] as const)("comes of a delivery that was %s: %i", async (result, letters) => {
      await stage().store.recordStory({ deliveries: [delivery(1, { result })] });
      expect(await stage().store.deadLetters({ limit: 10 })).toHaveLength(letters);
    });

    it("tells what was not delivered and why", async () => {
      await stage().store.recordStory({ deliveries: [delivery(6, { result: "retry" }), dead] });
      expect(await stage().store.deadLetters({ limit: 10 })).toEqual([letter]);
    });

    it("keeps what a person decided about it when it is recorded again", async () => {
      await stage().store.recordStory({ deliveries: [dead] });
      expect(await stage().store.markDeadLetter(dead.key, "discarded", "ada")).toBe(true);
      await stage().store.recordStory({ deliveries: [dead] });
      expect(await stage().store.deadLetters({ state: "dead", limit: 10 })).toEqual([]);
      expect(await stage().store.deadLetters({ state: "discarded", limit: 10 })).toEqual([
        { ...letter, state: "discarded" },
      ]);
    });

    it("is dead again when the retry died too", async () => {
      await stage().store.recordStory({ deliveries: [dead] });
      await stage().store.markDeadLetter(dead.key, "retried", "ada");
      await stage().store.recordStory({
        deliveries: [delivery(9, { result: "rejected", reason: "410 Gone" })],
      });
      const [again] = await stage().store.deadLetters({ state: "dead", limit: 10 });
      expect(again).toMatchObject({ attempts: 9, reason: "410 Gone", at: NOON + 9 * SECOND });
    });

    it("is discarded when its workflow says so", async () => {
      await stage().store.recordStory({ deliveries: [dead, delivery(8, { result: "discarded" })] });
      expect(await stage().store.deadLetters({ limit: 10 })).toMatchObject([{ state: "discarded" }]);
    });

    it("comes in pages that add up to the whole, though some died at one time", async () => {
      const { store } = stage();
      const dead = Array.from({ length: 5 }, (_, n) =>
        delivery(n, {
          key: `${INCIDENT}/pager/${n}`,
          n,
          result: "dead",
          at: NOON + Math.floor(n / 3) * SECOND,
        }),
      );
      await store.recordStory({ deliveries: dead });
      const whole = await store.deadLetters({ limit: 10 });
      const pages: DeadLetter[] = [];
      for (;;) {
        const after = pages.at(-1);
        const page = await store.deadLetters({ limit: 2, ...(after === undefined ? {} : { after }) });
        if (page.length === 0) break;
        pages.push(...page);
      }
      expect(whole).toHaveLength(5);
      expect(pages).toEqual(whole);
    });

    it("is marked once: a second time and an unknown one change nothing", async () => {
      await stage().store.recordStory({ deliveries: [dead] });
      expect(await stage().store.markDeadLetter(dead.key, "retried", "ada")).toBe(true);
      expect(await stage().store.markDeadLetter(dead.key, "retried", "bob")).toBe(false);
      expect(await stage().store.markDeadLetter("no/such/1", "retried", "ada")).toBe(false);
    });
  });
}

function revisionStories(stage: () => Stage): void {
  describe("a revision", () => {
    const first = { plan: plan("000000000001"), appliedAt: NOON, appliedBy: "ada" };
    const second = { plan: plan("000000000002"), appliedAt: NOON + HOUR, appliedBy: "bob\0" };

    it("is there as it was applied, and the last one applied is current", async () => {
      expect(await stage().store.currentRevision()).toBeUndefined();
      await stage().store.saveRevision(second);
      await stage().store.saveRevision(first);
      expect(await stage().store.revision(first.plan.revision)).toEqual(first);
      expect(await stage().store.currentRevision()).toEqual({ ...second, appliedBy: "bob\uFFFD" });
      expect(await stage().store.revision("ffffffffffff" as RevisionId)).toBeUndefined();
    });

    it("applied again is current again; an old application that comes late is not", async () => {
      await stage().store.saveRevision(first);
      await stage().store.saveRevision(second);
      await stage().store.saveRevision({ ...first, appliedAt: NOON + DAY });
      await stage().store.saveRevision({ ...second, appliedAt: NOON + 1 });
      expect((await stage().store.currentRevision())?.plan.revision).toBe(first.plan.revision);
    });

    it("of ten thousand checks, with any text, comes back to the letter", async () => {
      const texts = Array.from(
        { length: 10_000 },
        (_, index) => `check ${index} \0 \ud800 é 🦀 ${"x".repeat(200)}`,
      );
      const large = plan("000000000003", { egress: { allow: texts, deny: [] } });
      await stage().store.saveRevision({ plan: large, appliedAt: NOON, appliedBy: "ada" });
      expect((await stage().store.revision(large.revision))?.plan).toEqual(large);
    });
  });
}

export function tellingStories(stage: () => Stage): void {
  transitionStories(stage);
  incidentStories(stage);
  deliveryStories(stage);
  revisionStories(stage);
}
