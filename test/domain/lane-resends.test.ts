import { describe, expect, it } from "@jest/globals";

import { deliverInput } from "../../src/domain/deliver-input.js";
import { heardAgain } from "../../src/domain/lane-resends.js";
import type { IncidentOptions } from "../support/incident-story.js";
import { endedMember, incidentStory, member, MINUTE, SECOND, T0 } from "../support/incident-story.js";

const CRITICAL = member("ready/down");
const OTHER = member("queue/stalled");

function forgetful(options: IncidentOptions = {}) {
  const policy = { critical: [{ afterMs: 0, notify: ["am"] }], loops: 1, ...options.policy };
  return incidentStory({ resendAfterMs: MINUTE, ...options, policy });
}

describe("a receiver that forgets", () => {
  it("is told again under the same number for as long as it fires, and then the end", () => {
    const story = forgetful();
    story.members([CRITICAL]);
    story.advanceTo(3 * MINUTE);
    story.members([]);
    story.advanceTo(20 * MINUTE);
    expect(story.told()).toEqual([
      "0:00 firing am n=1",
      "1:00 again am n=1",
      "2:00 again am n=1",
      "3:00 again am n=1",
      "3:00 resolved am n=2",
    ]);
    expect(story.state.conversations.at(-1)?.closed).toBe(true);
  });

  it("is tried again soon when it could not be told, and nobody is told of that", () => {
    const story = forgetful({
      answer: ({ again, atMs }) => (again === true && atMs < 90 * SECOND ? "retry" : "accepted"),
    });
    story.members([CRITICAL]);
    const before = story.effects.length;
    story.advanceTo(100 * SECOND);
    expect(story.told().slice(1)).toEqual([
      "1:00 again am n=1 retry",
      "1:15 again am n=1 retry",
      "1:30 again am n=1",
    ]);
    expect(story.effects).toHaveLength(before);
  });

  it("is told again what it has heard while something new is held", () => {
    const story = forgetful({
      answer: ({ content, again }) => (content.kind === "updated" && again !== true ? "held" : "accepted"),
    });
    story.members([CRITICAL]);
    story.advanceTo(2 * MINUTE);
    story.members([CRITICAL, OTHER]);
    story.advanceTo(8 * MINUTE + SECOND);
    const told = story.told();
    expect(told).toContain("5:00 updated am n=2 held");
    expect(told.at(-1)).toBe("8:00 again am n=1");
  });

  it("is told again while the incident is paused, or somebody has it", () => {
    const story = forgetful();
    story.members([CRITICAL]);
    story.command("acknowledge", { by: "ada", for: "1h" });
    story.command("pause", { by: "ada", for: "30m" });
    story.advanceTo(2 * MINUTE);
    expect(story.told().slice(-2)).toEqual(["1:00 again am n=2", "2:00 again am n=2"]);
  });

  it("is told with that which of it is over, before the update that says so is due", () => {
    const story = forgetful();
    story.members([CRITICAL, OTHER]);
    story.members([CRITICAL], { ended: [endedMember(OTHER, T0)] });
    const conversation = story.state.conversations.at(-1);
    const lane = conversation?.lanes[0];
    const heard = lane === undefined ? undefined : heardAgain(lane);
    if (conversation === undefined || lane === undefined || heard === undefined)
      throw new Error("nothing heard");
    const input = deliverInput(conversation, lane, heard);
    expect(input.members.map(({ alert }) => alert)).toEqual([CRITICAL.alert]);
    expect(input.ended.map(({ alert }) => alert)).toEqual([OTHER.alert]);
  });

  it("is left alone as long as it never took anything", () => {
    const story = forgetful({ answer: () => "rejected" });
    story.members([CRITICAL]);
    story.advanceTo(10 * MINUTE);
    expect(story.told()).toEqual(["0:00 firing am n=1 rejected"]);
  });
});
