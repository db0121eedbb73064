import { describe, expect, it } from "@jest/globals";
import { printTime } from "./timeline-drawing.js";
import { expectTimeline, parseHappenings, parseTimeline } from "./timeline.js";

const STORY = "every 30s; bad from 1:00 to 3:10; unknown from 2:00 to 2:20; for: 1m; until 4:30";

describe("a time line", () => {
  it("is read into readings and settings", () => {
    const line = parseTimeline(STORY);
    expect(line.settings).toEqual({ for: 60_000 });
    expect(line.readings.map(({ atMs, verdict }) => `${printTime(atMs)} ${verdict}`)).toEqual([
      "0:00 good",
      "0:30 good",
      "1:00 bad",
      "1:30 bad",
      "2:00 unknown",
      "2:30 bad",
      "3:00 bad",
      "3:30 good",
      "4:00 good",
      "4:30 good",
    ]);
  });

  it("goes on for ten readings after the last time it names", () => {
    expect(parseTimeline("every 10s; bad from 1:00 to 2:00").endMs).toBe(220_000);
    expect(parseTimeline("every 10s; bad from 1:00; at 3:00 acknowledge eve").endMs).toBe(280_000);
  });

  it("keeps what the test does in the order of time", () => {
    const { acts } = parseTimeline("at 3:00 resolve; at 1:30 acknowledge eve");
    expect(acts).toEqual([
      { atMs: 90_000, what: "acknowledge eve" },
      { atMs: 180_000, what: "resolve" },
    ]);
  });

  it.each([
    ["sometimes bad", 'a time line does not know "sometimes bad"'],
    ["worse from 1:00", '"worse" is no verdict in "worse from 1:00"'],
    ["bad from one", '"one" is no time such as 1:30 in "bad from one"'],
    ["every 30", '"30" is no duration in "every 30"'],
  ])("does not guess what %p means", (text, message) => {
    expect(() => parseTimeline(text)).toThrow(message);
  });
});

describe("happenings", () => {
  it("are words and a time", () => {
    expect(parseHappenings("[pending 1:00, told pager 1:02:03, firing 0:00.25]")).toEqual([
      { what: "pending", atMs: 60_000 },
      { what: "told pager", atMs: 3_723_000 },
      { what: "firing", atMs: 250 },
    ]);
    expect(parseHappenings("[]")).toEqual([]);
    expect(() => parseHappenings("[firing]")).toThrow('"firing" is not "<what> <time>"');
  });
});

describe("comparing", () => {
  const line = parseTimeline(STORY);
  const expected = "[pending 1:00, firing 2:00, told pager 2:00, inactive 4:30]";

  it("is content with the same happenings, in any order within an instant", () => {
    const seen = parseHappenings("pending 1:00, told pager 2:00, firing 2:00, inactive 4:30");
    expect(() => expectTimeline(line, expected, seen)).not.toThrow();
  });

  it("gives real time the tolerance that the test grants", () => {
    const seen = parseHappenings("pending 1:00.2, firing 2:00.9, told pager 2:01, inactive 4:30");
    expect(() => expectTimeline(line, expected, seen, { toleranceMs: 1_000 })).not.toThrow();
    expect(() => expectTimeline(line, expected, seen, { toleranceMs: 950 })).toThrow("another way");
  });

  it("tells one happening from two of the same kind", () => {
    const seen = parseHappenings(
      "pending 1:00, firing 2:00, told pager 2:00, told pager 2:00, inactive 4:30",
    );
    expect(() => expectTimeline(line, expected, seen)).toThrow("another way");
  });

  it("draws the whole line when it went another way", () => {
    const acted = parseTimeline(`${STORY}; at 2:10 acknowledge eve`);
    const seen = parseHappenings("pending 1:00, firing 2:00, told mail 2:00, inactive 4:00");
    const draw = (): void => expectTimeline(acted, expected, seen);
    expect(draw).toThrowErrorMatchingSnapshot();
  });
});
