import { describe, expect, it } from "@jest/globals";

import type { IncidentCommand, IncidentCommandName } from "../../src/domain/commands.js";
import { foldCommand, refuse } from "../../src/domain/incident-commands.js";
import { isClosable, liveConversation, newIncident } from "../../src/domain/incident-machine.js";
import {
  endedMember,
  type IncidentStory,
  incidentStory,
  member,
  MINUTE,
  SECOND,
  SERVICE,
  T0,
} from "../support/incident-story.js";

const HOUR = 60 * MINUTE;
const CRITICAL = member("ready/down");
const WARNING = member("pool/high", { severity: "warning" });

/** Told of `members` at 0:00; only the pager's steps, so that every line is about the ladder. */
function opened(members = [CRITICAL], policy = {}): IncidentStory {
  const story = incidentStory({ policy: { critical: [{ afterMs: 0, notify: ["pager"] }], ...policy } });
  story.members(members);
  return story;
}

function pagesAfter(story: IncidentStory, atMs: number): readonly string[] {
  const pages = ["firing", "escalated", "repeated"];
  return story.attempts.flatMap((each) =>
    each.atMs > atMs && pages.includes(each.content.kind) ? [`${each.atMs / MINUTE} ${each.notifier}`] : [],
  );
}

describe("acknowledge (lifecycle 5)", () => {
  it("stops steps and repeats, tells those who were told, and still tells the end", () => {
    const story = opened();
    story.advanceTo(MINUTE);
    expect(story.command("acknowledge", { by: "ada", note: "on it" })).toEqual({
      ok: true,
      text: "acknowledged by ada until 2026-03-01 12:31:00 UTC",
    });
    story.advanceTo(30 * MINUTE);
    expect(pagesAfter(story, MINUTE)).toEqual([]);
    story.members([], { ended: [endedMember(CRITICAL, T0 + 30 * MINUTE)] });
    expect(story.told()).toEqual([
      "0:00 firing pager n=1",
      "1:00 acknowledged pager n=2",
      "30:00 resolved pager n=3",
    ]);
  });

  it("before anybody was told tells nobody anything, not even the end", () => {
    const story = incidentStory({ policyLater: true });
    story.members([CRITICAL]);
    expect(story.command("acknowledge", { by: "ada" }).ok).toBe(true);
    story.readPolicy();
    story.advanceTo(10 * MINUTE);
    story.members([]);
    expect(story.told()).toEqual([]);
    expect(isClosable(story.state)).toBe(true);
  });

  it("takes the place of a page that could not be delivered yet", () => {
    const story = incidentStory({
      policy: { critical: [{ afterMs: 0, notify: ["pager"] }] },
      answer: ({ content, atMs }) =>
        content.kind === "repeated" && atMs < 6 * MINUTE ? "retry" : "accepted",
    });
    story.members([CRITICAL]);
    story.advanceTo(5 * MINUTE);
    expect(story.told().at(-1)).toBe("5:00 repeated pager n=2 retry");
    story.command("acknowledge", { by: "ada" });
    story.advanceTo(20 * MINUTE);
    expect(story.told().slice(2)).toEqual(["5:01 acknowledged pager n=3"]);
  });

  it("takes back a first page that could not be delivered yet", () => {
    const story = incidentStory({ answer: ({ atMs }) => (atMs < MINUTE ? "retry" : "accepted") });
    story.members([CRITICAL]);
    story.advanceTo(500);
    story.command("acknowledge", { by: "ada" });
    story.advanceTo(20 * MINUTE);
    story.members([]);
    expect(story.told()).toEqual(["0:00 firing pager n=1 retry"]);
    expect(isClosable(story.state)).toBe(true);
  });

  it("does not call superseded what may have been heard", () => {
    const story = incidentStory({ answer: () => "ambiguous" });
    story.members([CRITICAL]);
    story.command("acknowledge", { by: "ada" });
    expect(story.effects.filter((each) => each.effect === "delivery")).toMatchObject([
      { result: "ambiguous" },
    ]);
  });

  it("lasts half an hour also when it came before the policy was read", () => {
    const story = incidentStory({ policyLater: true });
    story.members([CRITICAL]);
    story.command("acknowledge", { by: "ada" });
    story.readPolicy();
    story.advanceTo(HOUR);
    expect(story.told()[0]).toBe("30:00 firing pager n=1");
  });

  it.each([
    [
      "ends by its own time and pages from the bottom",
      { for: "10m" },
      [CRITICAL],
      ["11 pager", "16 pager", "21 pager"],
    ],
    [
      "ends after the policy's time when it is critical",
      {},
      [CRITICAL],
      ["31 pager", "36 pager", "41 pager"],
    ],
    ["ends never by itself for a warning", {}, [WARNING], []],
  ])("%s", (_name, input, members, pages) => {
    const story = opened(members);
    story.advanceTo(MINUTE);
    story.command("acknowledge", { by: "ada", ...input });
    story.advanceTo(45 * MINUTE);
    expect(pagesAfter(story, MINUTE).slice(0, 3)).toEqual(pages);
  });

  it.each([
    ["a member of a rule that the incident has not seen", member("queue/stalled"), true],
    ["a further subject of an acknowledged rule", member("ready/down/host-2"), false],
    ["another episode of an acknowledged rule", member("ready/down", { episode: 2 }), false],
  ])("%s undoes it: %s", (_name, joined, isUndone) => {
    const story = opened();
    story.advanceTo(MINUTE);
    story.command("acknowledge", { by: "ada", for: "20h" });
    story.advanceTo(2 * MINUTE);
    story.members([CRITICAL, joined]);
    expect(liveConversation(story.state, T0)?.acknowledgement === undefined).toBe(isUndone);
    expect(pagesAfter(story, MINUTE)).toEqual(isUndone ? ["2 pager"] : []);
    expect(story.logged().includes("unacknowledged")).toBe(isUndone);
  });

  it("a higher severity undoes it, of a rule that it covers too", () => {
    const story = opened([WARNING], { warning: [{ afterMs: 0, notify: ["pager"] }] });
    story.advanceTo(MINUTE);
    story.command("acknowledge", { by: "ada" });
    story.advanceTo(2 * MINUTE);
    story.members([{ ...WARNING, severity: "critical" }]);
    expect(pagesAfter(story, MINUTE)).toEqual(["2 pager"]);
  });

  it("another monitor's slice does not undo it when it brings nothing new", () => {
    const story = opened();
    story.command("acknowledge", { by: "ada", for: "20h" });
    story.members([CRITICAL], { seq: 9 });
    expect(liveConversation(story.state, T0)?.acknowledgement).toBeDefined();
  });

  it("is taken back by unacknowledge, which pages again at once", () => {
    const story = opened();
    story.advanceTo(MINUTE);
    story.command("acknowledge", { by: "ada" });
    story.advanceTo(2 * MINUTE);
    expect(story.command("unacknowledge", { by: "bo" }).text).toBe(
      "not acknowledged any more: it pages again",
    );
    expect(story.told().at(-1)).toBe("2:00 repeated pager n=3");
    expect(story.command("unacknowledge").text).toBe("it is not acknowledged");
  });

  it("never outlives the incident", () => {
    const story = opened([CRITICAL], { reopenWithinMs: HOUR });
    story.command("acknowledge", { by: "ada", for: "20h" });
    story.advanceTo(MINUTE);
    story.members([]);
    story.advanceTo(2 * MINUTE);
    story.members([member("ready/down", { episode: 2 })]);
    expect(pagesAfter(story, MINUTE)).toEqual(["2 pager"]);
  });

  it("lets the monitor end what holds until somebody acknowledges", () => {
    const story = opened();
    story.command("acknowledge", { by: "ada" });
    expect(story.effects.at(-2)).toEqual({
      effect: "tell-monitor",
      name: "acknowledged",
      monitor: "monitor:kohakku",
      alerts: [{ alert: CRITICAL.alert, episode: 1 }],
      all: false,
    });
  });
});

describe("acknowledge with alerts (lifecycle 5)", () => {
  const OTHER = member("queue/stalled");

  it("escalation runs on while another member is not acknowledged", () => {
    const story = opened([CRITICAL, OTHER]);
    story.command("acknowledge", { by: "ada", alerts: [CRITICAL.alert] });
    story.advanceTo(6 * MINUTE);
    expect(pagesAfter(story, 0)).toEqual(["5 pager"]);
    story.members([CRITICAL]);
    story.advanceTo(29 * MINUTE);
    expect(pagesAfter(story, 5 * MINUTE)).toEqual([]);
  });

  it("covers those alerts, not other subjects of their rules", () => {
    const story = opened([member("ready/down/a"), member("ready/down/b")]);
    story.command("acknowledge", { by: "ada", alerts: [`${SERVICE}/ready/down/a`] });
    story.advanceTo(6 * MINUTE);
    expect(pagesAfter(story, 0)).toEqual(["5 pager"]);
  });

  it("adds to what somebody has already", () => {
    const story = opened([CRITICAL, OTHER]);
    story.command("acknowledge", { by: "ada", alerts: [CRITICAL.alert] });
    story.command("acknowledge", { by: "bo", alerts: [OTHER.alert] });
    story.advanceTo(20 * MINUTE);
    expect(pagesAfter(story, 0)).toEqual([]);
  });

  it("does not take away what an acknowledgement of everything covers", () => {
    const story = opened([CRITICAL, OTHER]);
    story.command("acknowledge", { by: "ada" });
    story.command("acknowledge", { by: "bo", alerts: [OTHER.alert] });
    story.advanceTo(20 * MINUTE);
    expect(pagesAfter(story, 0)).toEqual([]);
  });

  it("names only those to the monitor", () => {
    const story = opened([CRITICAL, OTHER]);
    story.command("acknowledge", { alerts: [OTHER.alert] });
    const told = story.effects.findLast((each) => each.effect === "tell-monitor");
    expect(told).toMatchObject({ alerts: [{ alert: OTHER.alert, episode: 1 }], all: false });
  });
});

describe("pause (lifecycle 5)", () => {
  it("lets nothing out but ends, and goes on with the time that was left", () => {
    const story = opened();
    story.advanceTo(2 * MINUTE);
    expect(story.command("pause", { by: "ada", for: "1h", reason: "deploy" }).ok).toBe(true);
    story.members([CRITICAL, member("queue/stalled")]);
    story.advanceTo(61 * MINUTE);
    expect(story.told()).toHaveLength(1);
    story.advanceTo(70 * MINUTE);
    expect(pagesAfter(story, 0)).toEqual(["65 pager", "70 pager"]);
  });

  it("tells ends also while it lasts", () => {
    const story = opened();
    story.command("pause");
    story.advanceTo(MINUTE);
    story.members([]);
    expect(story.told().at(-1)).toBe("1:00 resolved pager n=2");
  });

  it("lasts an hour when it does not say", () => {
    const story = opened();
    story.command("pause");
    expect(liveConversation(story.state, T0)?.pause?.until).toBe(T0 + HOUR);
  });

  it("is ended by resume", () => {
    const story = opened();
    story.advanceTo(2 * MINUTE);
    story.command("pause");
    story.advanceTo(10 * MINUTE);
    expect(story.command("resume", { by: "ada" }).text).toBe("resumed");
    story.advanceTo(14 * MINUTE);
    expect(pagesAfter(story, 0)).toEqual(["13 pager"]);
    expect(story.command("resume").text).toBe("it is not paused");
  });
});

describe("resolve, escalate, comment", () => {
  it("resolve releases every member at its monitor, also those beyond the list", () => {
    const story = incidentStory();
    story.members([CRITICAL], { more: 7 });
    story.members([WARNING], { from: "monitor:kohakku:2" });
    story.command("resolve", { by: "ada", reason: "false alarm" });
    const told = story.effects.filter((each) => each.effect === "tell-monitor");
    expect(told).toMatchObject([
      { name: "released", monitor: "monitor:kohakku", alerts: [{ alert: CRITICAL.alert }], all: true },
      { name: "released", monitor: "monitor:kohakku:2", alerts: [{ alert: WARNING.alert }], all: false },
    ]);
  });

  it.each(["acknowledge", "pause"] as const)("escalate tells the next step now, also after %s", (before) => {
    const story = incidentStory();
    story.members([CRITICAL]);
    story.advanceTo(MINUTE);
    story.command(before);
    story.advanceTo(2 * MINUTE);
    expect(story.command("escalate", { by: "bo" })).toEqual({
      ok: true,
      text: "escalated: the next step is told now",
    });
    expect(story.told().at(-1)).toBe("2:00 escalated lead n=1");
  });

  it("a comment is noted, and nobody is told", () => {
    const story = opened();
    story.logged();
    expect(story.command("comment", { by: "ada", text: "db restarted" }).ok).toBe(true);
    expect(story.logged()).toEqual(["comment"]);
    expect(story.told()).toHaveLength(1);
  });
});

describe("a command", () => {
  const names: readonly IncidentCommandName[] = [
    "acknowledge",
    "unacknowledge",
    "pause",
    "resume",
    "resolve",
    "escalate",
    "comment",
  ];

  it.each(names.filter((name) => name !== "comment"))("%s without any field is taken", (name) => {
    expect(opened().command(name).ok).toBe(true);
  });

  it("comment without a text is refused: there is nothing to note", () => {
    expect(opened().command("comment", { by: "ada" })).toEqual({
      ok: false,
      text: "'text' is missing: there is nothing to note",
    });
  });

  it.each(names)("%s that is repeated with its id changes nothing", (name) => {
    const story = opened();
    const input = { command_id: "c-1", text: "looking" };
    story.command(name, input);
    const { state } = story;
    expect(story.command(name, input)).toEqual({
      ok: true,
      text: "already done: this command was taken before",
    });
    expect(story.state).toEqual(state);
  });

  it.each(names)("%s for an incident that is over is refused", (name) => {
    const story = opened();
    story.members([]);
    expect(story.command(name)).toEqual({ ok: false, text: "this incident is over: nothing is firing" });
    expect(story.logged()).toContain("refused");
  });

  it("for an incident that never was is refused without a trace", () => {
    const command: IncidentCommand = { name: "acknowledge", input: {} };
    expect(foldCommand(newIncident(SERVICE), command, T0)).toMatchObject({
      answer: { ok: false },
      effects: [],
    });
  });

  it.each<readonly [string, IncidentCommand]>([
    [
      "episode 7 is not firing any more; it may belong to an earlier incident",
      { name: "acknowledge", input: { episode: 7 } },
    ],
    ["'for' is not a duration like 30m: \"soon\"", { name: "acknowledge", input: { for: "soon" } }],
    ["'for' is not a duration like 30m: -5", { name: "pause", input: { for: -5 } }],
    ["'for' is not a duration like 30m: \"0s\"", { name: "acknowledge", input: { for: "0s" } }],
    ["an acknowledgement lasts at most 24h", { name: "acknowledge", input: { for: "25h" } }],
    ["a pause lasts at most 7d", { name: "pause", input: { for: "8d" } }],
    ["nope is not firing in this incident", { name: "acknowledge", input: { alerts: ["nope"] } }],
  ])("is refused: %s", (text, command) => {
    const story = opened();
    expect(refuse(liveConversation(story.state, T0), command)).toBe(text);
    const step = foldCommand(story.state, command, T0);
    expect(step.answer).toEqual({ ok: false, text });
    expect(step.state).toBe(story.state);
  });

  it("of the episode at hand is taken", () => {
    expect(opened().command("acknowledge", { episode: 1 }).ok).toBe(true);
  });

  it.each(["acknowledge", "escalate"] as const)("%s is refused while the incident only lingers", (name) => {
    const story = opened([CRITICAL], { reopenWithinMs: HOUR });
    story.advanceTo(SECOND);
    story.members([]);
    expect(story.command(name)).toEqual({ ok: false, text: "nothing is firing" });
  });

  it("remembers the last fifty ids", () => {
    const story = opened();
    for (let index = 0; index < 60; index += 1) story.command("comment", { command_id: `c-${index}`, text: "x" });
    expect(story.state.commandIds).toHaveLength(50);
    expect(story.state.commandIds.at(-1)).toBe("c-59");
  });
});
