import { expect, test } from "@jest/globals";

import type { Heartbeat } from "../../src/domain/heartbeat.js";
import type { CheckId } from "../../src/domain/ids.js";
import { incomingReader } from "../../src/store/incoming-reader.js";

const beat = (since: number): Heartbeat => ({ now: 0, since, receiverUp: [] });

test("all that ask in one turn are answered by one query, each with its own", async () => {
  const asked: (readonly CheckId[])[] = [];
  const heartbeats = (checks: readonly CheckId[]): Promise<readonly Heartbeat[]> => {
    asked.push(checks);
    return Promise.resolve(checks.map((check) => beat(Number(check))));
  };
  const reader = incomingReader({
    ask: async (question) => ({
      ok: true,
      value: await question({ heartbeats, inbox: () => Promise.resolve([]) }),
    }),
  });
  const all = (ids: readonly string[]) => Promise.all(ids.map((id) => reader.heartbeat(id as CheckId)));
  const first = await all(["1", "2", "3"]);
  const second = await all(["4"]);
  expect(asked).toEqual([["1", "2", "3"], ["4"]]);
  expect([...first, ...second].map((each) => each.ok && each.value.since)).toEqual([1, 2, 3, 4]);
});

test("none is answered when the store is away, and all hear why", async () => {
  const reader = incomingReader({ ask: () => Promise.resolve({ ok: false, reason: "away" }) });
  const answers = await Promise.all(["1", "2"].map((id) => reader.heartbeat(id as CheckId)));
  expect(answers).toEqual([
    { ok: false, reason: "away" },
    { ok: false, reason: "away" },
  ]);
});
