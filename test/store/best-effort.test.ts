import { describe, expect, it } from "@jest/globals";
import { TocsinError } from "../../src/errors.js";
import { checkId } from "../../src/domain/ids.js";
import { withinBudget } from "../../src/store/best-effort.js";
import type { StoredReading } from "../../src/store/store.js";

const AWAY = new TocsinError("STO-001", "store db:5432/tocsin: connection refused");
const REFUSED = new TocsinError("STO-008", "store db:5432/tocsin: no");
const batch: readonly StoredReading[] = [1, 2, 3].map((at) => ({
  check: checkId("kohakku", "controller", "ready"),
  at,
  outcome: "good",
}));

/** A store that answers as it is told, and a clock that stands still. */
function stage(retryAfterMs = 3_000) {
  let asked = 0;
  let now = 0;
  const lines: string[] = [];
  const store = {
    answer: (): Promise<void> => Promise.resolve(),
    recordReadings(): Promise<void> {
      asked += 1;
      return store.answer();
    },
  };
  const best = withinBudget(store, {
    clock: { now: () => now, monotonic: () => now },
    budgetMs: 5,
    retryAfterMs,
    log: (line) => void lines.push(line),
  });
  return { store, best, lines, asked: () => asked, wait: (ms: number) => (now += ms) };
}

const silence = (): Promise<void> => new Promise(() => undefined);
const away = (): Promise<void> => Promise.reject(AWAY);

describe("the store within a budget", () => {
  it("records while the store answers", async () => {
    const { best } = stage();
    expect(await best.recordReadings(batch)).toBe("recorded");
    expect([best.lostReadings(), best.away()]).toEqual([0, undefined]);
  });

  it.each([
    ["is away", away],
    ["refuses", () => Promise.reject(REFUSED)],
    ["does not answer", silence],
    [
      "throws at once",
      (): never => {
        throw REFUSED;
      },
    ],
  ])("counts readings as lost when the store %s", async (_, answer) => {
    const { best, store } = stage();
    store.answer = answer;
    expect(await best.recordReadings(batch)).toBe("lost");
    expect(best.lostReadings()).toBe(3);
  });

  it("leaves a store that is away alone for a while, then tries with one question at a time", async () => {
    const { best, store, asked, wait } = stage();
    store.answer = away;
    await best.recordReadings(batch);
    await best.recordReadings(batch);
    expect([asked(), best.lostReadings()]).toEqual([1, 6]);
    wait(3_000);
    await Promise.all([best.recordReadings(batch), best.recordReadings(batch)]);
    expect(asked()).toBe(2);
    expect(best.away()).toEqual({ since: 0, reason: AWAY.message });
  });

  it("says when it went away and when it is back, once each", async () => {
    const { best, store, lines, wait } = stage(1_000);
    store.answer = away;
    await best.recordReadings(batch);
    wait(1_000);
    await best.recordReadings(batch);
    wait(41_000);
    store.answer = () => Promise.resolve();
    expect(await best.recordReadings(batch)).toBe("recorded");
    expect(best.away()).toBeUndefined();
    expect(lines).toEqual([`the store is away: ${AWAY.message}`, "the store is back after 42 s"]);
  });

  it("takes a store for away that answers late three times in a row, not one that is late now and then", async () => {
    const { best, store } = stage();
    for (const answer of [silence, silence, () => Promise.resolve(), silence, silence]) {
      store.answer = answer;
      await best.recordReadings(batch);
    }
    expect(best.away()).toBeUndefined();
    await best.recordReadings(batch);
    expect(best.away()?.reason).toBe("the store did not answer within 5 ms");
  });

  it("takes a store that refuses for one that is there", async () => {
    const { best, store, asked } = stage();
    store.answer = () => Promise.reject(REFUSED);
    await best.recordReadings(batch);
    await best.recordReadings(batch);
    expect([asked(), best.away()]).toEqual([2, undefined]);
  });

  it("is not disturbed by an answer that comes after its time", async () => {
    const { best, store } = stage();
    let refuse: (error: Error) => void = () => undefined;
    store.answer = () => new Promise((_, reject) => (refuse = reject));
    expect(await best.recordReadings(batch)).toBe("lost");
    refuse(AWAY);
    store.answer = () => Promise.resolve();
    expect(await best.recordReadings(batch)).toBe("recorded");
    expect([best.lostReadings(), best.away()]).toEqual([3, undefined]);
  });

  it("answers questions, or says why not", async () => {
    const { best } = stage();
    expect(await best.ask(() => Promise.resolve(7))).toEqual({ ok: true, value: 7 });
    expect(await best.ask(away)).toEqual({ ok: false, reason: AWAY.message });
    expect(await best.ask(() => Promise.resolve(7))).toEqual({ ok: false, reason: AWAY.message });
  });
});
