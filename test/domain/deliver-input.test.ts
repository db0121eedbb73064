import { describe, expect, it } from "@jest/globals";

import { deliverInput } from "../../src/domain/deliver-input.js";
import type { DeliverInput } from "../../src/domain/deliver-input.js";
import type { IncidentState } from "../../src/domain/incident-state.js";
import {
  endedMember,
  type IncidentOptions,
  type IncidentStory,
  incidentStory,
  member,
  MINUTE,
  T0,
} from "../support/incident-story.js";

const CRITICAL = member("ready/down");
const WARNING = member("pool/high", { severity: "warning" });
const STEPS = { critical: [{ afterMs: 0, notify: ["pager"] }], loops: 1 };

interface Told extends DeliverInput {
  readonly atMs: number;
}

/** A story, and what every attempt of it was given. */
function toldStory(options: IncidentOptions = {}): { readonly story: IncidentStory; readonly told: Told[] } {
  const told: Told[] = [];
  const story: IncidentStory = incidentStory({
    policy: STEPS,
    ...options,
    answer: (attempt, state) => {
      told.push({ ...inputOf(state, attempt.incident, attempt.notifier), atMs: attempt.atMs });
      return options.answer?.(attempt, state) ?? "accepted";
    },
  });
  return { story, told };
}

function inputOf(state: IncidentState, incident: string, notifier: string): DeliverInput {
  const conversation = state.conversations.find(({ id }) => id === incident);
  const lane = conversation?.lanes.find((each) => each.notifier === notifier);
  if (conversation === undefined || lane?.draft === undefined) throw new Error("nothing is being sent");
  return deliverInput(conversation, lane, lane.draft);
}

function last(told: readonly Told[], notifier: string): Told | undefined {
  return told.findLast((each) => each.notifier === notifier);
}

function alerts(members: DeliverInput["members"] = []): readonly string[] {
  return members.map(({ alert }) => alert.split("/").slice(2).join("/"));
}

describe("a lane's end, while its incident goes on", () => {
  it("names what this lane has heard of, not what others have", () => {
    const { story, told } = toldStory();
    story.members([CRITICAL, WARNING, member("queue/stalled")]);
    story.advanceTo(MINUTE);
    const ended = [CRITICAL, WARNING].map((each) => endedMember(each, T0 + MINUTE));
    story.members([member("queue/stalled")], { ended });
    expect(last(told, "chat")).toMatchObject({ kind: "resolved", state: "open" });
    expect(alerts(last(told, "chat")?.ended)).toEqual(["pool/high"]);
  });

  it("names everything that ended while it was in the know, also what updates have told as over before", () => {
    const { story, told } = toldStory();
    const others = [member("a/down"), member("b/down")];
    story.members([CRITICAL, ...others]);
    story.advanceTo(MINUTE);
    story.members([CRITICAL], { ended: others.map((each) => endedMember(each, T0 + MINUTE)) });
    story.advanceTo(10 * MINUTE);
    story.members([], { ended: [endedMember(CRITICAL, T0 + 10 * MINUTE)] });
    expect(alerts(last(told, "pager")?.ended)).toEqual(["a/down", "b/down", "ready/down"]);
  });

  it("does not name what was over before it heard anything", () => {
    const { story, told } = toldStory({ policy: {} });
    const early = member("a/down");
    story.members([CRITICAL, early]);
    story.advanceTo(MINUTE);
    story.members([CRITICAL], { ended: [endedMember(early, T0 + MINUTE)] });
    story.advanceTo(6 * MINUTE);
    story.members([], { ended: [endedMember(CRITICAL, T0 + 6 * MINUTE)] });
    expect(alerts(last(told, "lead")?.ended)).toEqual(["ready/down"]);
    expect(alerts(last(told, "pager")?.ended)).toEqual(["a/down", "ready/down"]);
  });

  it("does not name again what an end before it has named", () => {
    const { story, told } = toldStory({ policy: { ...STEPS, reopenWithinMs: 60 * MINUTE } });
    story.members([CRITICAL, member("a/down")]);
    story.advanceTo(MINUTE);
    story.members([]);
    story.advanceTo(2 * MINUTE);
    story.members([member("ready/down", { episode: 2 })]);
    story.advanceTo(3 * MINUTE);
    story.members([]);
    expect(last(told, "pager")?.ended.map(({ alert, episode }) => `${alert}#${episode}`)).toEqual([
      "kohakku/controller/ready/down#2",
    ]);
  });

  it("says of an update only what it had heard of", () => {
    const { story, told } = toldStory();
    story.members([CRITICAL, WARNING, member("a/down")]);
    story.advanceTo(MINUTE);
    const ended = [WARNING, member("a/down")].map((each) => endedMember(each, T0 + MINUTE));
    story.members([CRITICAL], { ended });
    story.advanceTo(6 * MINUTE);
    expect(last(told, "pager")).toMatchObject({ kind: "updated" });
    expect(alerts(last(told, "pager")?.ended)).toEqual(["a/down"]);
  });
});

describe("the alerts beyond the list", () => {
  const fifty = (severity: "critical" | "warning") =>
    Array.from({ length: 50 }, (_, index) => member(`pool/high/${index}`, { severity }));

  it.each([
    ["are counted for a lane that may hear of them", "pager", fifty("critical"), 7],
    [
      "are not counted for a lane that hears only of worse ones",
      "pager",
      [CRITICAL, ...fifty("warning").slice(1)],
      0,
    ],
    ["are counted for a lane of their severity", "chat", [CRITICAL, ...fifty("warning").slice(1)], 7],
  ] as const)("%s", (_name, notifier, list, more) => {
    const { story, told } = toldStory();
    story.members(list, { more: 7 });
    story.advanceTo(MINUTE);
    expect(last(told, notifier)?.more).toBe(more);
  });

  it("are counted by the slice they are of", () => {
    const { story, told } = toldStory({ policyLater: true });
    story.members(fifty("critical"), { more: 7 });
    story.members([WARNING], { from: "monitor:kohakku:2", more: 3 });
    story.readPolicy();
    story.advanceTo(MINUTE);
    // Of the second monitor's three none is worse than its warning; the first's seven may be anything.
    expect(last(told, "pager")?.more).toBe(7);
    expect(last(told, "chat")?.more).toBe(10);
  });

  it("of several monitors are what does not fit into one message, too", () => {
    const { story, told } = toldStory({ policyLater: true });
    story.members(fifty("critical"));
    story.members([CRITICAL, member("a/down")], { from: "monitor:kohakku:2" });
    story.readPolicy();
    expect(last(told, "pager")?.members).toHaveLength(50);
    expect(last(told, "pager")?.more).toBe(2);
  });

  it("are no part of an end", () => {
    const { story, told } = toldStory();
    story.members([CRITICAL, ...fifty("warning").slice(1)], { more: 7 });
    story.advanceTo(MINUTE);
    story.members(fifty("warning"), { more: 6 });
    expect(last(told, "pager")).toMatchObject({ kind: "resolved", more: 0 });
  });
});

describe("who has it", () => {
  const OTHER = member("queue/stalled");
  const ada = { by: "ada", for: "8h" } as const;

  it("is said of what somebody has, and until when", () => {
    const { story, told } = toldStory();
    story.members([CRITICAL]);
    story.command("acknowledge", ada);
    expect(last(told, "pager")?.acknowledged).toEqual({ by: "ada", at: T0, until: T0 + 480 * MINUTE });
  });

  it("is not said of what nobody has; a note says of how much somebody has it", () => {
    const { story, told } = toldStory();
    story.members([CRITICAL, OTHER]);
    story.command("acknowledge", { ...ada, alerts: [CRITICAL.alert] });
    story.members([CRITICAL]);
    story.members([CRITICAL, { ...OTHER, episode: 2 }]);
    expect(last(told, "pager")).toMatchObject({ kind: "repeated", severity: "critical" });
    expect(last(told, "pager")?.acknowledged).toBeUndefined();
    expect(last(told, "pager")?.notes).toEqual(["ada has 1 of these 2 alerts, nobody has the other"]);
  });

  it("is said to no lane of which nobody has anything", () => {
    const { story, told } = toldStory();
    story.members([CRITICAL, WARNING]);
    story.command("acknowledge", { ...ada, alerts: [CRITICAL.alert] });
    story.advanceTo(MINUTE);
    expect(last(told, "chat")).toMatchObject({ kind: "firing", notes: [] });
    expect(last(told, "chat")?.acknowledged).toBeUndefined();
    story.members([CRITICAL], { ended: [endedMember(WARNING, T0 + MINUTE)] });
    expect(last(told, "chat")).toMatchObject({ kind: "resolved" });
    expect(last(told, "chat")?.acknowledged).toBeUndefined();
  });

  it("is said by the end of what somebody had, without the time that it would have lasted", () => {
    const { story, told } = toldStory();
    story.members([CRITICAL]);
    story.command("acknowledge", ada);
    story.members([], { ended: [endedMember(CRITICAL, T0)] });
    expect(last(told, "pager")).toMatchObject({ kind: "resolved", acknowledged: { by: "ada", at: T0 } });
    expect(last(told, "pager")?.acknowledged?.until).toBeUndefined();
  });
});
