import { describe, expect, it } from "@jest/globals";

import { isClosable, liveConversation } from "../../src/domain/incident-machine.js";
import { endedMember, incidentStory, member, MINUTE, SERVICE, T0 } from "../support/incident-story.js";
import { opened, pagesAfter } from "../support/told-incident.js";

const HOUR = 60 * MINUTE;
const CRITICAL = member("ready/down");
const WARNING = member("pool/high", { severity: "warning" });

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

  it("that ends pages under a new number also who may have heard the page before", () => {
    const story = incidentStory({ answer: ({ atMs }) => (atMs < MINUTE ? "ambiguous" : "accepted") });
    story.members([CRITICAL]);
    story.command("acknowledge", { by: "ada", for: "10m" });
    story.advanceTo(12 * MINUTE);
    expect(story.told()).toEqual(["0:00 firing pager n=1 ambiguous", "10:00 firing pager n=2"]);
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

  it("ends after the policy's time only for what is critical: a warning that is left pages nobody", () => {
    const story = opened([CRITICAL, WARNING]);
    story.advanceTo(MINUTE);
    story.command("acknowledge", { by: "ada" });
    story.advanceTo(10 * MINUTE);
    story.members([WARNING], { ended: [endedMember(CRITICAL, T0 + 10 * MINUTE)] });
    story.advanceTo(40 * MINUTE);
    expect(pagesAfter(story, MINUTE)).toEqual([]);
    story.members([WARNING, { ...CRITICAL, episode: 2 }]);
    expect(pagesAfter(story, MINUTE)).toContain("40 pager");
  });

  it("ends by the time that a person gave it, whatever is left", () => {
    const story = opened([CRITICAL, WARNING]);
    story.advanceTo(MINUTE);
    story.command("acknowledge", { by: "ada", for: "30m" });
    story.advanceTo(10 * MINUTE);
    story.members([WARNING]);
    story.advanceTo(40 * MINUTE);
    expect(pagesAfter(story, MINUTE)).toEqual(["31 chat"]);
  });

  it("of a warning alone has no end of its own beside something critical that nobody has", () => {
    const story = opened([CRITICAL, WARNING]);
    story.advanceTo(MINUTE);
    expect(story.command("acknowledge", { by: "ada", alerts: [WARNING.alert] }).text).toBe(
      "acknowledged by ada",
    );
    story.advanceTo(HOUR);
    expect(pagesAfter(story, MINUTE)).not.toContain("31 chat");
    expect(liveConversation(story.state, T0)?.acknowledgement).toBeDefined();
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

  it.each([
    ["a member that it covers", [{ ...WARNING, severity: "critical" }]],
    ["the next episode of one", [{ ...WARNING, severity: "critical", episode: 2 }]],
    ["a further subject of a rule that it covers", [WARNING, member("pool/high/two")]],
  ] as const)("%s that is worse undoes it, though something else was as bad", (_name, worse) => {
    const story = opened([CRITICAL, WARNING], { loops: 1 });
    story.advanceTo(MINUTE);
    story.command("acknowledge", { by: "ada", for: "8h" });
    story.advanceTo(9 * MINUTE);
    story.members([CRITICAL]);
    story.advanceTo(10 * MINUTE);
    story.members([CRITICAL, ...worse]);
    expect(pagesAfter(story, MINUTE)).toContain("10 pager");
    expect(story.attempts.at(-1)?.content.reason).toMatch(
      /: the acknowledgement by ada ended: kohakku\/controller\/pool\/high(\/two)? is critical now$/,
    );
  });

  it("a member that has become worse behind it undoes it also when others of its rule were as bad", () => {
    const two = member("pool/high/two");
    const story = opened([{ ...WARNING, severity: "critical" }], { loops: 1 });
    story.command("acknowledge", { by: "ada", for: "8h" });
    story.members([
      { ...WARNING, severity: "critical" },
      { ...two, severity: "warning" },
    ]);
    story.advanceTo(10 * MINUTE);
    expect(pagesAfter(story, 0)).toEqual([]);
    story.members([{ ...WARNING, severity: "critical" }, two]);
    expect(pagesAfter(story, 0)).toEqual(["10 pager"]);
  });

  it("one alert that somebody has and that becomes worse undoes it", () => {
    const story = opened([CRITICAL, WARNING], { loops: 1 });
    story.advanceTo(MINUTE);
    story.command("acknowledge", { by: "ada", for: "8h", alerts: [WARNING.alert] });
    story.advanceTo(10 * MINUTE);
    story.members([CRITICAL, { ...WARNING, severity: "critical" }]);
    expect(pagesAfter(story, MINUTE)).toContain("10 pager");
    expect(liveConversation(story.state, T0)?.acknowledgement).toBeUndefined();
  });

  it("a rule that the incident knows and that nobody has pages, and leaves it alone", () => {
    const story = opened([CRITICAL, member("queue/stalled")], { loops: 1 });
    story.members([CRITICAL]);
    story.advanceTo(MINUTE);
    story.command("acknowledge", { by: "ada", for: "8h" });
    story.advanceTo(10 * MINUTE);
    story.members([CRITICAL, member("queue/stalled", { episode: 2 })]);
    expect(pagesAfter(story, 0)).toEqual(["10 pager"]);
    expect(liveConversation(story.state, T0)?.acknowledgement).toBeDefined();
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

  it("goes on when the same incident fires again within its linger, and who heard the end hears that quietly", () => {
    const story = opened([CRITICAL], { reopenWithinMs: HOUR });
    story.command("acknowledge", { by: "ada", for: "20h" });
    story.advanceTo(MINUTE);
    story.members([]);
    story.advanceTo(2 * MINUTE);
    story.members([member("ready/down", { episode: 2 })]);
    story.advanceTo(20 * MINUTE);
    story.members([]);
    expect(story.told()).toEqual([
      "0:00 firing pager n=1",
      "0:00 acknowledged pager n=2",
      "1:00 resolved pager n=3",
      "6:00 updated pager n=4",
      "20:00 resolved pager n=5",
    ]);
    expect(story.attempts[3]?.content.reason).toBe("fires again, acknowledged by ada");
  });

  it("goes on beside others that fire, and who heard the end of his own hears quietly that they are back", () => {
    const story = opened([CRITICAL, WARNING]);
    story.advanceTo(MINUTE);
    story.command("acknowledge", { by: "ada", for: "20h" });
    story.members([CRITICAL]);
    story.advanceTo(2 * MINUTE);
    story.members([CRITICAL, { ...WARNING, episode: 2 }]);
    story.advanceTo(10 * MINUTE);
    expect(story.told().filter((line) => line.includes("chat"))).toEqual([
      "0:30 firing chat n=1",
      "1:00 acknowledged chat n=2",
      "1:00 resolved chat n=3",
      "6:00 updated chat n=4",
    ]);
  });

  it.each([
    ["by a rule that the incident has not seen", [CRITICAL, member("queue/stalled")]],
    ["by a higher severity than it covers", [{ ...WARNING, severity: "critical" }]],
  ] as const)("is undone within the linger %s", (_name, members) => {
    const story = opened([CRITICAL, WARNING], { reopenWithinMs: HOUR });
    story.command("acknowledge", { by: "ada", for: "20h" });
    story.advanceTo(MINUTE);
    story.members([]);
    story.advanceTo(2 * MINUTE);
    story.members(members);
    expect(pagesAfter(story, MINUTE)).toEqual(["2 pager"]);
  });

  it("whose time was over within the linger pages what fires again", () => {
    const story = opened([CRITICAL], { reopenWithinMs: HOUR });
    story.command("acknowledge", { by: "ada", for: "10m" });
    story.members([]);
    story.advanceTo(20 * MINUTE);
    story.members([member("ready/down", { episode: 2 })]);
    expect(pagesAfter(story, 0)).toEqual(["20 pager"]);
  });

  it("never outlives the incident", () => {
    const story = opened([CRITICAL], { reopenWithinMs: HOUR });
    story.command("acknowledge", { by: "ada", for: "20h" });
    story.members([]);
    story.advanceTo(HOUR);
    story.members([member("ready/down", { episode: 2 })]);
    expect(pagesAfter(story, 0)).toEqual(["60 pager"]);
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

  it("pages what nobody has when it fires again behind what somebody has, though every step had been told", () => {
    const story = opened([CRITICAL, OTHER], { loops: 1 });
    story.advanceTo(MINUTE);
    story.command("acknowledge", { by: "ada", for: "8h", alerts: [CRITICAL.alert] });
    story.members([CRITICAL]);
    story.advanceTo(10 * MINUTE);
    expect(pagesAfter(story, 0)).toEqual([]);
    story.members([CRITICAL, { ...OTHER, episode: 2 }]);
    expect(pagesAfter(story, 0)).toEqual(["10 pager"]);
    expect(story.attempts.at(-1)?.content.reason).toBe(`critical: ${OTHER.alert} fires and nobody has it`);
    expect(liveConversation(story.state, T0)?.acknowledgement).toBeDefined();
  });

  it("pages what becomes as bad as what somebody has, and was nobody's", () => {
    const warned = { ...OTHER, severity: "warning" as const };
    const story = opened([CRITICAL, warned], { loops: 1 });
    story.advanceTo(MINUTE);
    story.command("acknowledge", { by: "ada", for: "8h", alerts: [CRITICAL.alert] });
    story.advanceTo(10 * MINUTE);
    story.members([CRITICAL, OTHER]);
    expect(pagesAfter(story, MINUTE)).toEqual(["10 pager"]);
  });

  it("pages what nobody has once its own pause is over", () => {
    const paused = { ...OTHER, episode: 2, paused: { by: "bo", until: T0 + HOUR } };
    const story = opened([CRITICAL, OTHER], { loops: 1 });
    story.command("acknowledge", { by: "ada", for: "8h", alerts: [CRITICAL.alert] });
    story.members([CRITICAL]);
    story.advanceTo(10 * MINUTE);
    story.members([CRITICAL, paused]);
    story.advanceTo(20 * MINUTE);
    expect(pagesAfter(story, 0)).toEqual([]);
    story.members([CRITICAL, { ...OTHER, episode: 2 }]);
    expect(pagesAfter(story, 0)).toEqual(["20 pager"]);
  });

  it("lets a first warning behind what somebody has wait for others that belong to it", () => {
    const warned = { ...OTHER, severity: "warning" as const };
    const story = opened([CRITICAL, warned]);
    story.advanceTo(MINUTE);
    story.command("acknowledge", { by: "ada", for: "8h", alerts: [CRITICAL.alert] });
    story.members([CRITICAL]);
    story.advanceTo(10 * MINUTE);
    story.members([CRITICAL, { ...warned, episode: 2 }]);
    story.advanceTo(11 * MINUTE);
    expect(pagesAfter(story, MINUTE)).toEqual(["10.5 chat"]);
  });

  it("names only those to the monitor", () => {
    const story = opened([CRITICAL, OTHER]);
    story.command("acknowledge", { alerts: [OTHER.alert] });
    const told = story.effects.findLast((each) => each.effect === "tell-monitor");
    expect(told).toMatchObject({ alerts: [{ alert: OTHER.alert, episode: 1 }], all: false });
  });
});
