import { describe, expect, test } from "@jest/globals";

import { inbox } from "../../src/checks/inbox.js";
import { judge } from "../../src/domain/evaluate.js";
import type { InboxAlert } from "../../src/domain/inbox.js";
import { createReadingEvaluator } from "../../src/lib/expression.js";
import { describeCheckType } from "../contracts/check-type.js";
import { nothingIncoming, probeContext } from "../support/probe-context.js";

const NOON = Date.UTC(2026, 2, 4, 12);

function alert(fingerprint: string, differing: Partial<InboxAlert> = {}): InboxAlert {
  return {
    check: probeContext().check,
    fingerprint,
    severity: "critical",
    title: `${fingerprint} is wrong`,
    message: "",
    context: {},
    count: 3,
    firstSeen: NOON - 60_000,
    lastSeen: NOON,
    endsAt: NOON + 86_400_000,
    ...differing,
  };
}

const holding = (...alerts: readonly InboxAlert[]) =>
  probeContext({
    incoming: { ...nothingIncoming, inbox: () => Promise.resolve({ ok: true, value: alerts }) },
  });
const probed = (...alerts: readonly InboxAlert[]) => inbox.probe({}, holding(...alerts));

describeCheckType({
  type: inbox,
  network: false,
  start: () => Promise.resolve({ close: () => Promise.resolve() }),
  keys: () => ({}),
  context: holding(alert("backup", { severity: "info" })),
});

describe("an inbox", () => {
  test("that is empty is good, and answers whatever a rule may ask", async () => {
    const readings = await probed();
    expect(readings).toMatchObject([{ outcome: "good", fields: { count: 0, severity: "none" } }]);
    const rules = inbox.rules({}).map(({ name = "", when = "" }) => ({ name, when }));
    const judged = judge(
      { readings, rules, requiredSubjects: [], knownSubjects: [], now: NOON },
      createReadingEvaluator(),
    );
    expect(judged.verdicts.map(({ verdict }) => verdict)).toEqual(["good", "good"]);
  });

  test("shows each alert as a subject, with what was posted", async () => {
    const readings = await probed(
      alert("disk", { message: "97 %\nof /var", context: { host: "db1" } }),
      alert("net", { severity: "warning" }),
      alert("note", { severity: "info" }),
    );
    expect(readings.map(({ subject, outcome, reason }) => [subject, outcome, reason])).toEqual([
      ["disk", "bad", "disk is wrong: 97 % of /var"],
      ["net", "bad", "net is wrong"],
      ["note", "good", undefined],
    ]);
    expect(readings[0]).toMatchObject({
      fields: {
        count: 3,
        severity: "critical",
        title: "disk is wrong",
        first_seen: "2026-03-04T11:59:00.000Z",
        last_seen: "2026-03-04T12:00:00.000Z",
      },
      evidence: '97 %\nof /var\n{"host":"db1"}',
    });
  });

  test("shows what is over as good, so that its end is told as one", async () => {
    const [reading] = await probed(alert("disk", { overSince: NOON }));
    expect(reading).toMatchObject({
      outcome: "good",
      subject: "disk",
      fields: { count: 0, severity: "none" },
    });
  });

  test("that declares no rules tells what was posted as severe as it was posted, at once", async () => {
    const rules = inbox.rules({}).map(({ name = "", when = "" }) => ({ name, when }));
    const readings = await probed(
      alert("a"),
      alert("b", { severity: "warning" }),
      alert("c", { severity: "info" }),
    );
    const { verdicts } = judge(
      { readings, rules, requiredSubjects: [], knownSubjects: [], now: NOON },
      createReadingEvaluator(),
    );
    const bad = verdicts
      .filter(({ verdict }) => verdict === "bad")
      .map(({ rule, subject }) => [rule, subject]);
    expect(bad).toEqual([
      ["critical", "a"],
      ["warning", "b"],
    ]);
    for (const rule of inbox.rules({})) expect(rule).toMatchObject({ forMs: 0, minBad: 1 });
  });

  test("without rules of its own pages with what was posted, and not with how severe that is", async () => {
    const readings = await probed(alert("disk", { title: "disk full on db1", message: "97 % of /var" }));
    const rules = inbox.rules({}).map(({ name = "", when = "" }) => ({ name, when }));
    const { verdicts } = judge(
      { readings, rules, requiredSubjects: [], knownSubjects: [], now: NOON },
      createReadingEvaluator(),
    );
    expect(verdicts.find(({ verdict }) => verdict === "bad")).toMatchObject({
      rule: "critical",
      subject: "disk",
      reason: "disk full on db1: 97 % of /var",
    });
  });

  test("makes what was posted harmless to read", async () => {
    const [reading] = await probed(
      alert("x", { title: "\u001b[31mred\nnext", message: "y".repeat(9_000), context: { a: "\u202e" } }),
    );
    expect(reading?.reason).toMatch(/^␛\[31mred next: y+…$/);
    expect(Buffer.byteLength(reading?.reason ?? "")).toBeLessThanOrEqual(300);
    expect(Buffer.byteLength(reading?.evidence ?? "")).toBeLessThanOrEqual(1_000);
  });

  test("is unknown while the store is away", async () => {
    const incoming = {
      ...nothingIncoming,
      inbox: () => Promise.resolve({ ok: false, reason: "away" } as const),
    };
    const [reading] = await inbox.probe({}, probeContext({ incoming }));
    expect(reading).toEqual({ outcome: "unknown", reason: "the inbox cannot be read: away", fields: {} });
  });
});
