import { describe, expect, it } from "@jest/globals";

import type { RevisionId } from "../../src/domain/ids.js";
import { foldMembers, isClosable, liveConversation, newIncident } from "../../src/domain/incident-machine.js";
import type { MembersMessage } from "../../src/domain/members.js";
import {
  endedMember,
  incidentStory,
  member,
  MINUTE,
  SECOND,
  SERVICE,
  T0,
} from "../support/incident-story.js";

const CRITICAL = member("ready/down");
const WARNING = member("pool/high", { severity: "warning" });

function message(change: Partial<MembersMessage> = {}): MembersMessage {
  return {
    from: "monitor:kohakku",
    seq: 1,
    revision: "000000000001" as RevisionId,
    list: [CRITICAL],
    more: 0,
    ended: [],
    known: false,
    ...change,
  };
}

describe("an incident, from its first member to its last end", () => {
  it("tells everybody whom a step reached, and tells them the end", () => {
    const story = incidentStory();
    story.members([CRITICAL]);
    story.advanceTo(7 * MINUTE);
    story.members([], { ended: [endedMember(CRITICAL, T0 + 7 * MINUTE)] });
    expect(story.told()).toEqual([
      "0:00 firing pager n=1",
      "5:00 escalated lead n=1",
      "7:00 resolved pager n=2",
      "7:00 resolved lead n=2",
    ]);
    expect(story.attempts.at(-1)?.content.reason).toBe("recovered");
    expect(story.logged()).toEqual(["opened", "member", "step", "step", "member-ended", "ended", "closed"]);
    expect(isClosable(story.state)).toBe(true);
  });

  it("tells nobody the end who was never told, and says that it was superseded", () => {
    const story = incidentStory({ answer: ({ notifier }) => (notifier === "pager" ? "retry" : "accepted") });
    story.members([CRITICAL]);
    story.advanceTo(500);
    story.members([]);
    story.advanceTo(MINUTE);
    expect(story.told()).toEqual(["0:00 firing pager n=1 retry"]);
    const last = story.effects.findLast((each) => each.effect === "delivery");
    expect(last).toMatchObject({ result: "superseded", reason: "over before it could be told" });
    expect(isClosable(story.state)).toBe(true);
  });

  it("tells the end to who may have heard", () => {
    const story = incidentStory({
      answer: ({ content }) => (content.kind === "resolved" ? "accepted" : "ambiguous"),
    });
    story.members([CRITICAL]);
    story.advanceTo(500);
    story.members([]);
    story.advanceTo(MINUTE);
    expect(story.told()).toEqual(["0:00 firing pager n=1 ambiguous", "0:01 resolved pager n=2"]);
  });

  it("is closed only when every end has been accepted, or given up after 72 hours", () => {
    const story = incidentStory({
      answer: ({ content }) => (content.kind === "resolved" ? "retry" : "accepted"),
    });
    story.members([CRITICAL]);
    story.members([]);
    story.advanceTo(71 * 60 * MINUTE);
    expect(isClosable(story.state)).toBe(false);
    story.advanceTo(73 * 60 * MINUTE);
    expect(isClosable(story.state)).toBe(true);
    expect(story.effects.some((each) => each.effect === "delivery" && each.result === "dead")).toBe(true);
  });

  it("waits half a minute with a warning, and tells it once", () => {
    const story = incidentStory();
    story.members([WARNING]);
    story.advanceTo(30 * MINUTE);
    expect(story.told()).toEqual(["0:30 firing chat n=1"]);
  });

  it("is not closed before its policy has been read, and tells then what it has to tell", () => {
    const story = incidentStory({ policyLater: true });
    story.members([CRITICAL]);
    story.advanceTo(10 * SECOND);
    expect(story.told()).toEqual([]);
    story.readPolicy();
    expect(story.told()).toEqual(["0:10 firing pager n=1"]);
  });
});

describe("each severity has its own ladder", () => {
  it("and a lane hears its end when its own set is empty", () => {
    const story = incidentStory();
    story.members([CRITICAL, WARNING]);
    story.advanceTo(MINUTE);
    story.members([WARNING], { ended: [endedMember(CRITICAL, T0 + MINUTE)] });
    story.advanceTo(2 * MINUTE);
    expect(story.told()).toEqual([
      "0:00 firing pager n=1",
      "0:30 firing chat n=1",
      "1:00 resolved pager n=2",
    ]);
    expect(isClosable(story.state)).toBe(false);
  });

  it("and one that comes again begins at the bottom: nobody of a later step is told before his time", () => {
    const story = incidentStory();
    story.members([CRITICAL, WARNING]);
    story.advanceTo(6 * MINUTE);
    story.members([WARNING]);
    story.advanceTo(7 * MINUTE);
    story.members([WARNING, member("ready/down", { episode: 2 })]);
    story.advanceTo(13 * MINUTE);
    expect(story.told().filter((line) => !line.includes("chat"))).toEqual([
      "0:00 firing pager n=1",
      "5:00 escalated lead n=1",
      "6:00 resolved pager n=2",
      "6:00 resolved lead n=2",
      "7:00 firing pager n=3",
      "12:00 escalated lead n=3",
    ]);
  });

  it("steps without a wait are taken together", () => {
    const critical = ["pager", "chat", "lead"].map((notifier) => ({ afterMs: 0, notify: [notifier] }));
    const story = incidentStory({ policy: { critical } });
    story.members([CRITICAL]);
    expect(story.told()).toEqual([
      "0:00 firing pager n=1",
      "0:00 escalated chat n=1",
      "0:00 escalated lead n=1",
    ]);
    story.advanceTo(4 * MINUTE);
    expect(story.told()).toHaveLength(3);
  });
});

describe("a receiver that refuses", () => {
  it("is tried again when a step asks for it again, and not before", () => {
    const story = incidentStory({
      policy: { critical: [{ afterMs: 0, notify: ["pager"] }] },
      answer: ({ atMs }) => (atMs < MINUTE ? "rejected" : "accepted"),
    });
    story.members([CRITICAL]);
    story.advanceTo(6 * MINUTE);
    expect(story.told()).toEqual(["0:00 firing pager n=1 rejected", "5:00 escalated pager n=2"]);
  });
});

describe("updates (lifecycle 6)", () => {
  it("come at most every five minutes to a lane that has been told", () => {
    const story = incidentStory({ policy: { critical: [{ afterMs: 0, notify: ["pager"] }] } });
    story.members([CRITICAL]);
    story.command("acknowledge", { by: "ada" });
    for (const minute of [1, 2, 3]) {
      story.advanceTo(minute * MINUTE);
      story.members([CRITICAL, ...[1, 2, 3].slice(0, minute).map((each) => member(`ready/down/${each}`))]);
    }
    story.advanceTo(20 * MINUTE);
    expect(story.told()).toEqual([
      "0:00 firing pager n=1",
      "0:00 acknowledged pager n=2",
      "5:00 updated pager n=3",
    ]);
    expect(story.attempts.at(-1)?.content.reason).toBe("3 more firing");
  });

  it("say a severity that rises at once", () => {
    const story = incidentStory({
      policy: { warning: [{ afterMs: 0, notify: ["chat"] }], critical: [{ afterMs: 0, notify: ["chat"] }] },
    });
    story.members([WARNING]);
    story.advanceTo(MINUTE);
    story.members([WARNING, CRITICAL]);
    expect(story.told()).toEqual(["0:30 firing chat n=1", "1:00 updated chat n=2"]);
    expect(story.attempts.at(-1)?.content).toMatchObject({
      severity: "critical",
      reason: "critical: first step",
    });
  });

  it("are what a first step tells who has heard of others, and not a repeat; of nothing new it is one", () => {
    const both = [{ afterMs: 0, notify: ["chat"] }];
    const story = incidentStory({ policy: { critical: both, warning: both } });
    story.members([CRITICAL]);
    story.members([CRITICAL, WARNING]);
    story.advanceTo(MINUTE);
    expect(story.told()).toEqual(["0:00 firing chat n=1", "0:30 updated chat n=2"]);
    expect(story.attempts.at(-1)?.content.reason).toBe("warning: first step");
    story.advanceTo(5 * MINUTE);
    expect(story.told().at(-1)).toBe("5:00 repeated chat n=3");
  });

  it("are a page all the same: the first step does not wait for the time of updates", () => {
    const both = [{ afterMs: 0, notify: ["chat"] }];
    const story = incidentStory({
      policy: { critical: both, warning: both, loops: 1 },
      answer: ({ atMs }) => (atMs < 10 * SECOND ? "retry" : "accepted"),
    });
    story.members([CRITICAL]);
    story.advanceTo(20 * SECOND);
    story.members([CRITICAL, WARNING]);
    story.advanceTo(MINUTE);
    expect(story.told().at(-1)).toBe("0:50 updated chat n=2");
  });

  it("say at once that it became worse, also while the page for that is still to come", () => {
    const story = incidentStory({
      policy: {
        warning: [{ afterMs: 0, notify: ["chat"] }],
        critical: [{ afterMs: 2 * MINUTE, notify: ["chat"] }],
      },
    });
    story.members([WARNING]);
    story.advanceTo(MINUTE);
    story.members([{ ...WARNING, severity: "critical" }]);
    expect(story.attempts.at(-1)?.content).toMatchObject({
      kind: "updated",
      reason: "severity rose to critical",
    });
    story.advanceTo(4 * MINUTE);
    expect(story.told()).toEqual(["0:30 firing chat n=1", "1:00 updated chat n=2", "3:00 repeated chat n=3"]);
  });

  it("are not sent when everything is again as it was told", () => {
    const story = incidentStory({ policy: { loops: 1 } });
    story.members([WARNING]);
    story.advanceTo(MINUTE);
    story.members([WARNING, member("pool/full", { severity: "warning" })]);
    story.advanceTo(2 * MINUTE);
    story.members([WARNING]);
    story.advanceTo(60 * MINUTE);
    expect(story.told()).toEqual(["0:30 firing chat n=1"]);
  });

  it("say at once that a check is paused, until when, and that it goes on", () => {
    const story = incidentStory();
    story.members([WARNING]);
    story.advanceTo(MINUTE);
    story.members([{ ...WARNING, paused: { by: "ada", until: T0 + 60 * MINUTE } }]);
    expect(story.attempts.at(-1)?.content).toMatchObject({
      kind: "updated",
      reason: "paused by ada until 2026-03-01 13:00:00 UTC",
    });
    story.advanceTo(2 * MINUTE);
    story.members([WARNING]);
    expect(story.attempts.at(-1)?.content.reason).toBe("the pause is over");
    expect(story.told()).toHaveLength(3);
  });
});

describe("a paused check", () => {
  const paused = { ...CRITICAL, paused: { by: "ada", until: T0 + 600 * MINUTE } };

  it("stops the ladder with the time it has left, unless somebody else still fires", () => {
    const story = incidentStory({ policy: { critical: [{ afterMs: 0, notify: ["pager"] }] } });
    story.members([CRITICAL]);
    story.advanceTo(2 * MINUTE);
    story.members([paused]);
    story.advanceTo(30 * MINUTE);
    story.members([CRITICAL]);
    story.advanceTo(34 * MINUTE);
    const pages = story.told().filter((line) => line.includes("repeated"));
    expect(pages).toEqual(["33:00 repeated pager n=4"]);
    story.members([paused, member("queue/stalled")]);
    story.advanceTo(39 * MINUTE);
    expect(story.told().at(-1)).toContain("repeated pager");
  });
});

describe("members", () => {
  it("of an older sequence are ignored", () => {
    const opened = foldMembers(newIncident(SERVICE), message({ seq: 5 }), T0);
    expect(foldMembers(opened.state, message({ seq: 5, list: [] }), T0)).toEqual({
      state: opened.state,
      effects: [],
    });
    expect(foldMembers(opened.state, message({ seq: 4, list: [] }), T0)).toEqual({
      state: opened.state,
      effects: [],
    });
  });

  it("of several monitors are one incident, and each answers for its own slice", () => {
    const story = incidentStory();
    story.members([CRITICAL]);
    story.members([member("other/down")], { from: "monitor:kohakku:2" });
    story.members([], { ended: [endedMember(CRITICAL, T0)] });
    const [conversation] = story.state.conversations;
    expect(conversation?.members.map(({ alert }) => alert)).toEqual([`${SERVICE}/other/down`]);
    expect(conversation?.endedAt).toBeUndefined();
  });

  it("that the sender had told before, to an incident that knows of none, say why it opens again", () => {
    const story = incidentStory();
    story.members([CRITICAL], { known: true });
    const [conversation] = story.state.conversations;
    expect(conversation?.notes).toEqual([
      "reopened: its alerts still fire, and the workflow that knew of them was terminated, reset or lost",
    ]);
  });

  it("that open again what this run has closed itself say no such thing", () => {
    const story = incidentStory();
    story.members([CRITICAL]);
    story.members([]);
    story.members([member("ready/down", { episode: 2 })], { known: true });
    expect(story.state.conversations.at(-1)?.notes).toEqual([]);
  });

  it("that leave without a word have ended, unless the list was cut", () => {
    const story = incidentStory();
    const many = Array.from({ length: 50 }, (_, index) => member(`ready/down/${index}`));
    story.members([...many, CRITICAL].slice(0, 50), { more: 1 });
    story.members([CRITICAL, ...many.slice(0, 49)], { more: 1 });
    expect(story.state.conversations[0]?.ended).toEqual([]);
    expect(story.state.conversations[0]?.more).toBe(1);
    story.members([CRITICAL]);
    expect(story.state.conversations[0]?.ended).toHaveLength(49);
    expect(story.state.conversations[0]?.ended[0]?.end).toBe("no longer reported by its monitor");
  });

  it("are worst first, the longest in trouble before the others", () => {
    const story = incidentStory();
    const young = member("a/young", { since: T0 });
    const old = member("z/old", { since: T0 - 9 * MINUTE });
    story.members([WARNING, young, old]);
    expect(story.state.conversations[0]?.members).toEqual([old, young, WARNING]);
  });
});

describe("firing again", () => {
  const again = member("ready/down", { episode: 2 });

  it("while the end is being told is a new incident in the same run, with lanes of its own", () => {
    let up = false;
    const story = incidentStory({
      answer: ({ content }) => (content.kind === "resolved" && !up ? "retry" : "accepted"),
    });
    story.members([CRITICAL]);
    story.advanceTo(MINUTE);
    story.members([]);
    story.advanceTo(2 * MINUTE);
    story.members([again]);
    up = true;
    story.advanceTo(4 * MINUTE);
    const [first, second] = story.state.conversations;
    expect(story.state.conversations).toHaveLength(1);
    expect(second).toBeUndefined();
    expect(first?.id).toBe(`${SERVICE}@2026-03-01T12:02:00.000Z`);
    const resolved = story.attempts.findLast(({ content }) => content.kind === "resolved");
    expect(resolved).toMatchObject({
      incident: `${SERVICE}@2026-03-01T12:00:00.000Z`,
      n: 2,
      answer: "accepted",
    });
    expect(story.told()).toContain("2:00 firing pager n=1");
    expect(isClosable(story.state)).toBe(false);
  });

  it("within the linger continues the same incident", () => {
    const story = incidentStory({ policy: { reopenWithinMs: 10 * MINUTE } });
    story.members([CRITICAL]);
    story.advanceTo(MINUTE);
    story.members([]);
    story.advanceTo(5 * MINUTE);
    expect(isClosable(story.state)).toBe(false);
    story.members([again]);
    expect(story.state.conversations).toHaveLength(1);
    expect(story.logged()).toContain("reopened");
    story.advanceTo(6 * MINUTE);
    story.members([]);
    story.advanceTo(15 * MINUTE);
    expect(isClosable(story.state)).toBe(false);
    story.advanceTo(16 * MINUTE);
    expect(isClosable(story.state)).toBe(true);
    expect(story.told()).toEqual([
      "0:00 firing pager n=1",
      "1:00 resolved pager n=2",
      "5:00 firing pager n=3",
      "6:00 resolved pager n=4",
    ]);
  });

  it("within the linger, before the end was taken, tells no end", () => {
    const story = incidentStory({
      policy: { reopenWithinMs: 10 * MINUTE },
      answer: ({ content }) => (content.kind === "resolved" ? "retry" : "accepted"),
    });
    story.members([WARNING]);
    story.advanceTo(MINUTE);
    story.members([]);
    story.advanceTo(2 * MINUTE);
    story.members([{ ...WARNING, episode: 2 }]);
    story.advanceTo(10 * MINUTE);
    const after = story.attempts.filter(({ atMs }) => atMs >= 2 * MINUTE);
    expect(after.map(({ content }) => content.kind)).toEqual(["repeated"]);
  });

  it("after the linger is a new incident", () => {
    const story = incidentStory({ policy: { reopenWithinMs: 10 * MINUTE } });
    story.members([CRITICAL]);
    story.members([]);
    story.advanceTo(10 * MINUTE);
    story.members([again]);
    expect(story.state.conversations.map(({ id }) => id)).toEqual([`${SERVICE}@2026-03-01T12:10:00.000Z`]);
  });

  it("within the same millisecond has an id of its own all the same", () => {
    const first = foldMembers(newIncident(SERVICE), message(), T0).state;
    const over = foldMembers(first, message({ seq: 2, list: [] }), T0).state;
    const { state } = foldMembers(over, message({ seq: 3, list: [again] }), T0);
    expect(new Set(state.conversations.map(({ id }) => id)).size).toBe(2);
    expect(liveConversation(state, T0)?.members).toEqual([again]);
  });
});

describe("a lane's end", () => {
  it("says why what it had heard of is over, not what others heard of", () => {
    const story = incidentStory();
    story.members([CRITICAL, WARNING]);
    story.advanceTo(MINUTE);
    story.members([], {
      ended: [
        { ...endedMember(CRITICAL, T0 + MINUTE), end: "released" },
        { ...endedMember(WARNING, T0 + MINUTE), end: "gone" },
      ],
    });
    const reasons = story.attempts
      .filter(({ content }) => content.kind === "resolved")
      .map(({ notifier, content }) => `${notifier}: ${content.reason}`);
    expect(reasons).toEqual(["pager: released", "chat: gone"]);
  });
});

describe("what may fire beyond the list", () => {
  const criticals = Array.from({ length: 50 }, (_, index) => member(`ready/down/${index}`));

  it("is no end for those who were told of it, and no beginning when it is listed again", () => {
    const story = incidentStory();
    story.members([WARNING]);
    story.advanceTo(MINUTE);
    story.members(criticals, { more: 1 });
    story.advanceTo(3 * MINUTE);
    story.members([CRITICAL, WARNING]);
    story.advanceTo(20 * MINUTE);
    expect(story.told().filter((line) => line.includes("chat"))).toEqual(["0:30 firing chat n=1"]);
    story.members([CRITICAL]);
    expect(story.told().at(-1)).toBe("20:00 resolved chat n=2");
  });

  it("holds no end back that cannot be of it, and none of an incident that is over", () => {
    const story = incidentStory();
    const warnings = Array.from({ length: 49 }, (_, index) =>
      member(`pool/high/${index}`, { severity: "warning" }),
    );
    story.members([CRITICAL, ...warnings], { more: 5 });
    story.advanceTo(MINUTE);
    story.members(warnings, { more: 5 });
    expect(story.told().at(-1)).toBe("1:00 resolved pager n=2");
    story.members([], { more: 5 });
    expect(story.told().at(-1)).toBe("1:00 resolved chat n=2");
  });
});

describe("closing", () => {
  it("is not possible while a monitor lists members", () => {
    const { state } = foldMembers(newIncident(SERVICE), message(), T0);
    expect(isClosable({ ...state, conversations: [] })).toBe(false);
    expect(isClosable(newIncident(SERVICE))).toBe(true);
  });
});

describe("the gate (lifecycle 7)", () => {
  const isSilenced = (fromMs: number, toMs: number) => (atMs: number) => atMs >= fromMs && atMs < toMs;

  it("holds everybody, and the ladder stands still until somebody is told", () => {
    const silenced = isSilenced(0, 120 * MINUTE);
    const story = incidentStory({ answer: ({ atMs }) => (silenced(atMs) ? "held" : "accepted") });
    story.members([CRITICAL]);
    story.advanceTo(126 * MINUTE);
    const accepted = story.told().filter((line) => !line.endsWith("held"));
    expect(accepted).toEqual(["120:00 firing pager n=1", "125:00 escalated lead n=1"]);
  });

  it("freezes a ladder that has begun with the time that was left", () => {
    const silenced = isSilenced(4 * MINUTE, 60 * MINUTE);
    const story = incidentStory({ answer: ({ atMs }) => (silenced(atMs) ? "held" : "accepted") });
    story.members([CRITICAL]);
    story.advanceTo(90 * MINUTE);
    const accepted = story.told().filter((line) => !line.endsWith("held"));
    expect(accepted.slice(0, 4)).toEqual([
      "0:00 firing pager n=1",
      "60:00 escalated lead n=1",
      "65:00 repeated pager n=2",
      "70:00 repeated lead n=2",
    ]);
  });

  it("does not stop the escalation when it holds one notifier and others are told", () => {
    const story = incidentStory({
      policy: {
        critical: [
          { afterMs: 0, notify: ["pager", "chat"] },
          { afterMs: 5 * MINUTE, notify: ["lead"] },
        ],
      },
      answer: ({ notifier }) => (notifier === "chat" ? "held" : "accepted"),
    });
    story.members([CRITICAL]);
    story.advanceTo(5 * MINUTE);
    expect(story.told().filter((line) => !line.endsWith("held"))).toEqual([
      "0:00 firing pager n=1",
      "5:00 escalated lead n=1",
    ]);
  });

  it("lets the ladder go on once it is clear, also when the notifier does not answer", () => {
    const story = incidentStory({
      answer: ({ notifier, atMs }) =>
        atMs < 10 * MINUTE ? "held" : notifier === "pager" ? "retry" : "accepted",
    });
    story.members([CRITICAL]);
    story.advanceTo(16 * MINUTE);
    expect(story.told()).toContain("15:00 escalated lead n=1");
  });

  it("is asked again at once when what it goes by has changed", () => {
    let silenced = true;
    const story = incidentStory({ answer: () => (silenced ? "held" : "accepted") });
    story.members([CRITICAL]);
    story.advanceTo(10 * SECOND);
    silenced = false;
    story.recheck();
    expect(story.told()).toEqual(["0:00 firing pager n=1 held", "0:10 firing pager n=1"]);
  });

  it("never holds an end", () => {
    const story = incidentStory({ answer: ({ atMs }) => (atMs >= MINUTE ? "held" : "accepted") });
    story.members([CRITICAL]);
    story.advanceTo(5 * MINUTE + 10 * SECOND);
    story.members([]);
    expect(story.told().at(-1)).toBe("5:10 resolved pager n=2");
    expect(isClosable(story.state)).toBe(true);
  });

  it("tells nobody an end of what it held all the time", () => {
    const story = incidentStory({ answer: () => "held" });
    story.members([CRITICAL]);
    story.advanceTo(3 * MINUTE);
    story.members([]);
    expect(story.told().every((line) => line.endsWith("firing pager n=1 held"))).toBe(true);
    expect(isClosable(story.state)).toBe(true);
  });
});
