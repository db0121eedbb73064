import { describe, expect, it } from "@jest/globals";

import { deliverInput } from "../../src/domain/deliver-input.js";
import type { Lane } from "../../src/domain/lane.js";
import { redraft } from "../../src/domain/lane.js";
import { afterAttempt } from "../../src/domain/lane-attempts.js";
import type { AttemptResult } from "../../src/domain/message.js";
import { MAX_RECEIPT_LENGTH } from "../../src/domain/message.js";
import type { Answer } from "../support/incident-story.js";
import { incidentStory, member, MINUTE, T0 } from "../support/incident-story.js";

const CRITICAL = member("ready/down");

/** A story, and `<kind> p<round>` of every attempt at the pager. */
function pagerStory(answer: (told: string) => Answer = () => "accepted", reopenWithinMs = 0) {
  const told: string[] = [];
  const story = incidentStory({
    policy: { critical: [{ afterMs: 0, notify: ["pager"] }], loops: 1, reopenWithinMs },
    answer: (attempt, state) => {
      const conversation = state.conversations.find(({ id }) => id === attempt.incident);
      const lane = conversation?.lanes.find(({ notifier }) => notifier === "pager");
      if (conversation === undefined || lane?.draft === undefined) return "accepted";
      const { kind, round } = deliverInput(conversation, lane, lane.draft);
      told.push(`${kind} p${round ?? 0}`);
      return answer(told.at(-1) ?? "");
    },
  });
  return { story, told };
}

describe("the round that a message belongs to", () => {
  it("is the first until somebody has it and it must page again", () => {
    const { story, told } = pagerStory();
    story.members([CRITICAL]);
    story.advanceTo(250 * MINUTE);
    story.command("acknowledge", { by: "ada", for: "1h" });
    story.advanceTo(320 * MINUTE);
    story.members([]);
    expect(told).toEqual(["firing p1", "repeated p1", "acknowledged p1", "repeated p2", "resolved p2"]);
  });

  it("does not grow for an acknowledgement that the receiver cannot have heard of", () => {
    const { story, told } = pagerStory((said) => (said.startsWith("acknowledged") ? "retry" : "accepted"));
    story.members([CRITICAL]);
    story.command("acknowledge", { by: "ada", for: "1h" });
    story.command("unacknowledge");
    story.advanceTo(10 * MINUTE);
    expect(told.at(-1)).toBe("repeated p1");
  });

  it("grows for an acknowledgement that may have been heard", () => {
    const { story, told } = pagerStory((said) =>
      said.startsWith("acknowledged") ? "ambiguous" : "accepted",
    );
    story.members([CRITICAL]);
    story.command("acknowledge", { by: "ada", for: "1h" });
    story.command("unacknowledge");
    story.advanceTo(10 * MINUTE);
    expect(told.at(-1)).toBe("repeated p2");
  });

  it("counts a page that may have opened one, so that the end is told of it too", () => {
    let lost = true;
    const { story, told } = pagerStory((said) => (said === "repeated p2" && lost ? "ambiguous" : "accepted"));
    story.members([CRITICAL]);
    story.command("acknowledge", { by: "ada", for: "1h" });
    story.command("unacknowledge");
    story.members([]);
    lost = false;
    story.advanceTo(10 * MINUTE);
    expect(told).toContain("repeated p2");
    expect(told.at(-1)).toBe("resolved p2");
  });

  it("does not grow for news: nobody is to be paged by it", () => {
    const { story, told } = pagerStory();
    const paused = (minutes: number) => ({ ...CRITICAL, paused: { by: "bo", until: T0 + minutes * MINUTE } });
    story.members([CRITICAL]);
    story.command("acknowledge", { by: "ada", for: "8h" });
    story.members([paused(60)]);
    story.command("unacknowledge");
    story.members([paused(90)]);
    story.members([CRITICAL]);
    expect(told).toEqual(["firing p1", "acknowledged p1", "updated p1", "updated p1", "repeated p2"]);
  });

  it("stays when all was over between: the receiver opens the key anew", () => {
    const { story, told } = pagerStory(undefined, 60 * MINUTE);
    story.members([CRITICAL]);
    story.command("acknowledge", { by: "ada", for: "5m" });
    story.members([]);
    story.advanceTo(10 * MINUTE);
    story.command("unacknowledge");
    story.members([{ ...CRITICAL, episode: 2 }]);
    expect(told).toEqual(["firing p1", "acknowledged p1", "resolved p1", "firing p1"]);
  });
});

describe("a delivery that was accepted", () => {
  const policy = { critical: [{ afterMs: 0, notify: ["mail"] }], loops: 1 };

  it("keeps a remark on what was not well with it", () => {
    const story = incidentStory({ policy, remark: "1 of 2 recipients were refused" });
    story.members([CRITICAL]);
    const [delivery] = story.effects.filter(({ effect }) => effect === "delivery");
    expect(delivery).toMatchObject({ result: "accepted", reason: "1 of 2 recipients were refused" });
  });

  it("has nothing to say when all was well", () => {
    const story = incidentStory({ policy });
    story.members([CRITICAL]);
    const [delivery] = story.effects.filter(({ effect }) => effect === "delivery");
    expect(delivery).not.toHaveProperty("reason");
  });
});

describe("what the provider calls a message", () => {
  const lane: Lane = {
    notifier: "chat",
    reached: ["critical"],
    pages: 1,
    call: { kind: "firing", reason: "critical: first step", begins: true },
    n: 0,
  };
  const content = {
    kind: "firing" as const,
    members: ["a/b/c/d#1"],
    severity: "critical" as const,
    acknowledged: false,
    pages: 1,
    reason: "critical: first step",
  };

  function told(before: Lane, change: Partial<Lane["call"]> | "end", result: AttemptResult): Lane {
    const wanted =
      change === "end"
        ? { ...content, kind: "resolved" as const, members: [] }
        : { ...content, kind: "repeated" as const, pages: before.n + 1, ...change };
    const drafted = redraft(before, wanted, 0).lane;
    return afterAttempt(drafted, drafted.n, result, 0, 0).lane;
  }

  it("is remembered, also when a later attempt says nothing of it", () => {
    const first = told(lane, {}, { result: "accepted", receipt: "C1:1.5" });
    expect(first.receipt).toBe("C1:1.5");
    expect(told(first, {}, { result: "accepted" }).receipt).toBe("C1:1.5");
    expect(told(first, {}, { result: "ambiguous", reason: "time-out" }).receipt).toBe("C1:1.5");
    expect(told(first, {}, { result: "accepted", receipt: "C1:2.5" }).receipt).toBe("C1:2.5");
  });

  it("is forgotten with the end: what fires later is told anew", () => {
    const first = told(lane, {}, { result: "accepted", receipt: "C1:1.5" });
    expect(told(first, "end", { result: "retry", reason: "503" }).receipt).toBe("C1:1.5");
    expect(told(first, "end", { result: "accepted", receipt: "C1:1.5" })).not.toHaveProperty("receipt");
  });

  it("is not carried along when it is longer than may be", () => {
    const receipt = "x".repeat(MAX_RECEIPT_LENGTH + 1);
    expect(told(lane, {}, { result: "accepted", receipt })).not.toHaveProperty("receipt");
  });
});
