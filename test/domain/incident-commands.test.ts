import { describe, expect, it } from "@jest/globals";

import type { IncidentCommand, IncidentCommandName } from "../../src/domain/commands.js";
import { foldCommand, refuse } from "../../src/domain/incident-commands.js";
import { liveConversation, newIncident } from "../../src/domain/incident-machine.js";
import { incidentStory, member, MINUTE, SECOND, SERVICE, T0 } from "../support/incident-story.js";
import { opened, pagesAfter } from "../support/told-incident.js";

const HOUR = 60 * MINUTE;
const CRITICAL = member("ready/down");
const WARNING = member("pool/high", { severity: "warning" });

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

  it("does not make another message of one that may have arrived before it", () => {
    const story = incidentStory({
      policy: { critical: [{ afterMs: 0, notify: ["pager"] }] },
      answer: ({ atMs }) => (atMs < MINUTE ? "ambiguous" : "accepted"),
    });
    story.members([CRITICAL]);
    story.command("pause", { by: "ada", for: "10m" });
    story.advanceTo(12 * MINUTE);
    expect(story.told()).toEqual(["0:00 firing pager n=1 ambiguous", "10:00 firing pager n=1"]);
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
    for (let index = 0; index < 60; index += 1)
      story.command("comment", { command_id: `c-${index}`, text: "x" });
    expect(story.state.commandIds).toHaveLength(50);
    expect(story.state.commandIds.at(-1)).toBe("c-59");
  });
});
