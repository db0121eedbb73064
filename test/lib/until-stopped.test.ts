import { expect, test } from "@jest/globals";

import { untilStopped } from "../../src/lib/until-stopped.js";

const never = (): Promise<void> => new Promise(() => undefined);

test("work that ends is what it gives", async () => {
  expect(await untilStopped(new AbortController().signal, () => Promise.resolve(1))).toBe(1);
});

test("work that does not end is left as soon as it is stopped", async () => {
  const stop = new AbortController();
  const left = untilStopped(stop.signal, never);
  stop.abort();
  expect(await left).toBeUndefined();
});

test("nothing is begun after the stop", async () => {
  let begun = false;
  const work = (): Promise<void> => {
    begun = true;
    return Promise.resolve();
  };
  expect(await untilStopped(AbortSignal.abort(), work)).toBeUndefined();
  expect(begun).toBe(false);
});

test("work that fails fails", async () => {
  const work = (): Promise<never> => Promise.reject(new RangeError("no"));
  await expect(untilStopped(new AbortController().signal, work)).rejects.toThrow("no");
});
