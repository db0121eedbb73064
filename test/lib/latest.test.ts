import { describe, expect, it } from "@jest/globals";

import { latest } from "../../src/lib/latest.js";

/** A clock that is moved by hand, and a question that is answered by hand. */
function stage(patienceMs = 60_000) {
  let now = 0;
  const asked: PromiseWithResolvers<string>[] = [];
  const read = latest(
    () => {
      const question = withResolvers<string>();
      asked.push(question);
      return question.promise;
    },
    { clock: { monotonic: () => now }, freshMs: 5_000, patienceMs },
  );
  return { read, asked, pass: (ms: number) => void (now += ms) };
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe("one answer for many", () => {
  it("is asked for once while it is under way, and given again while it is fresh", async () => {
    const { read, asked, pass } = stage();
    const [first, second] = [read(), read()];
    pass(40);
    asked[0]?.resolve("seen");
    expect(await first).toEqual({ state: "known", value: "seen", ageMs: 40, tookMs: 40 });
    expect(await second).toEqual(await first);
    pass(4_000);
    expect(await read()).toEqual({ state: "known", value: "seen", ageMs: 4_040, tookMs: 40 });
    expect(asked).toHaveLength(1);
    pass(1_000);
    const later = read();
    expect(asked).toHaveLength(2);
    asked[1]?.resolve("seen again");
    expect(await later).toMatchObject({ value: "seen again" });
  });

  it("that takes too long is late, is not asked for twice, and is kept when it comes", async () => {
    const { read, asked } = stage(0);
    expect(await read()).toEqual({ state: "late" });
    expect(await read()).toEqual({ state: "late" });
    asked[0]?.resolve("seen");
    await asked[0]?.promise;
    await Promise.resolve();
    expect(await read()).toMatchObject({ state: "known", value: "seen" });
    expect(asked).toHaveLength(1);
  });

  it("that failed is told, and the next who asks asks anew", async () => {
    const { read, asked } = stage();
    const first = read();
    asked[0]?.reject(new Error("away"));
    expect(await first).toMatchObject({ state: "failed", error: new Error("away") });
    const second = read();
    asked[1]?.resolve("seen");
    expect(await second).toMatchObject({ state: "known" });
  });
});
