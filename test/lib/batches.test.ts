import { describe, expect, test } from "@jest/globals";

import { Batches, TooMuchWaits } from "../../src/lib/batches.js";

const LIMITS = { batch: 3, waiting: 5, weight: 100 };

/** Writes that end when they are told to. */
function writer(limits = LIMITS) {
  const written: (readonly number[])[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const batches = new Batches<number>(
    (items) =>
      new Promise((resolve, reject) => {
        written.push(items);
        ends.push((error) => (error === undefined ? resolve() : reject(error)));
      }),
    limits,
  );
  const end = async (error?: Error): Promise<void> => {
    ends.shift()?.(error);
    await new Promise(setImmediate);
  };
  return { batches, written, end };
}

const outcome = async (work: Promise<void>): Promise<string> =>
  work.then(
    () => "done",
    (error: unknown) => (error as Error).name,
  );

describe("batches", () => {
  test("what comes in one turn is one batch; what comes meanwhile is the next, in order", async () => {
    const { batches, written, end } = writer();
    const all = [1, 2].map((n) => outcome(batches.add(n, 1)));
    await new Promise(setImmediate);
    all.push(...[3, 4, 5, 6].map((n) => outcome(batches.add(n, 1))));
    await end();
    await end();
    await end();
    expect(written).toEqual([[1, 2], [3, 4, 5], [6]]);
    expect(await Promise.all(all)).toEqual(all.map(() => "done"));
  });

  test("nobody is told before it is written", async () => {
    const { batches, end } = writer();
    let told = false;
    void batches.add(1, 1).then(() => (told = true));
    await new Promise(setImmediate);
    expect(told).toBe(false);
    await end();
    expect(told).toBe(true);
  });

  test("a batch that fails fails for each of its own, and for nobody else", async () => {
    const { batches, end } = writer();
    const first = [1, 2, 3].map((n) => outcome(batches.add(n, 1)));
    await new Promise(setImmediate);
    const second = outcome(batches.add(4, 1));
    await end(new RangeError("away"));
    await end();
    expect(await Promise.all([...first, second])).toEqual(["RangeError", "RangeError", "RangeError", "done"]);
  });

  test("more than may wait, by number or by weight, is refused at once, and taken again when there is room", async () => {
    const { batches, end } = writer();
    const taken = Array.from({ length: 5 }, (_, n) => batches.add(n, 1));
    await expect(batches.add(6, 1)).rejects.toBeInstanceOf(TooMuchWaits);
    await new Promise(setImmediate);
    const heavy = batches.add(7, 90);
    await expect(batches.add(8, 9)).rejects.toBeInstanceOf(TooMuchWaits);
    await end();
    await end();
    expect(await outcome(Promise.all(taken).then(() => heavy))).toBe("done");
    const light = outcome(batches.add(9, 100));
    await new Promise(setImmediate);
    await end();
    expect(await light).toBe("done");
    await batches.settled();
  });
});
