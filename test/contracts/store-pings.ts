/** Stories about pings: what a job said of itself, and when there was somebody to hear it. */

import { describe, expect, it } from "@jest/globals";
import { heardMs } from "../../src/domain/heartbeat.js";
import { checkId } from "../../src/domain/ids.js";
import type { NewPing } from "../../src/store/incoming.js";
import { CHECK, DAY, MINUTE, RETENTION, SECOND, type Stage } from "./store-stage.js";

const OTHER = checkId("shop", "backup", "nightly");

function ping(kind: NewPing["kind"], differing: Partial<NewPing> = {}): NewPing {
  return { check: CHECK, kind, ...differing };
}

export function pingStories(stage: () => Stage): void {
  const heartbeat = async (check = CHECK) => {
    const [found] = await stage().store.heartbeats([check]);
    if (found === undefined) throw new Error("no answer");
    return found;
  };
  /** Moves every ping, and since when somebody looks, into the past. */
  const age = (ms: number) =>
    stage().sql(
      `update tocsin.pings set at = at - interval '${ms} ms'; update tocsin.heartbeats set since = since - interval '${ms} ms'`,
    );
  const receiver = (fromAgoMs: number, toAgoMs: number, name = "a") =>
    stage().sql(
      `insert into tocsin.receiver_up values ('${name}', now() - interval '${fromAgoMs} ms', now() - interval '${toAgoMs} ms')`,
    );

  describe("a ping", () => {
    it("is kept as it came, newest first, at the database's time", async () => {
      const { store } = stage();
      const before = Date.now() - SECOND;
      const first = ping("start", { source: "10.0.0.1" });
      const second = ping("fail", { exitCode: 255, body: "disk \0 full", source: "::1" });
      await store.recordPings([first, second, ping("ok", { check: OTHER })]);
      const kept = await store.pings(CHECK, 10);
      expect(kept.map(({ at: _at, ...rest }) => rest)).toEqual([
        { ...second, body: "disk \uFFFD full" },
        first,
      ]);
      expect(kept.filter(({ at }) => at < before || at > Date.now() + SECOND)).toEqual([]);
      expect(await store.pings(CHECK, 1)).toHaveLength(1);
    });

    it("comes in any number at once, in order, or not at all", async () => {
      const { store } = stage();
      const many = Array.from({ length: 2_000 }, (_, n) => ping("ok", { body: String(n) }));
      await store.recordPings(many);
      const kept = await store.pings(CHECK, 5_000);
      expect(kept.map(({ body }) => body)).toEqual(many.map(({ body }) => body).reverse());
      await expect(store.recordPings([ping("ok"), ping(null as never)])).rejects.toMatchObject({
        code: "STO-008",
      });
      expect(await store.pings(CHECK, 5_000)).toHaveLength(2_000);
    });

    it("is forgotten after its time, but never the newest hundred nor the last of its kind", async () => {
      const { store } = stage();
      const ok = Array.from({ length: 150 }, (_, n) => ping("ok", { body: String(n) }));
      await store.recordPings([ping("fail"), ping("fail"), ...ok, ping("ok", { check: OTHER })]);
      await store.housekeep(Date.now() + 47 * 60 * MINUTE, RETENTION);
      expect(await store.pings(CHECK, 500)).toHaveLength(152);
      await store.housekeep(Date.now() + 3 * DAY, RETENTION);
      const kept = await store.pings(CHECK, 500);
      expect(kept.map(({ kind }) => kind)).toEqual([...Array.from({ length: 100 }, () => "ok"), "fail"]);
      expect(await store.pings(OTHER, 10)).toHaveLength(1);
    });
  });

  describe("what a heartbeat check reads", () => {
    it("is nothing but since when it looks, at first, and that stays", async () => {
      const first = await heartbeat();
      expect(first).toEqual({ now: expect.any(Number) as unknown, since: first.since, receiverUp: [] });
      expect(first.now - first.since).toBeLessThan(SECOND);
      await age(MINUTE);
      expect((await heartbeat()).since).toBe(first.since - MINUTE);
    });

    it("is the last end, with the time from the start that belongs to it", async () => {
      const { store } = stage();
      await store.recordPings([ping("start")]);
      await age(5 * SECOND);
      await store.recordPings([ping("fail", { exitCode: 3, body: "no" })]);
      const { lastEnd, startedAt } = await heartbeat();
      expect(lastEnd).toMatchObject({ kind: "fail", exitCode: 3, body: "no" });
      expect((lastEnd?.durationMs ?? 0) / SECOND).toBeCloseTo(5, 0);
      expect(startedAt).toBeUndefined();
    });

    it("has no duration when the start was that of a run before", async () => {
      await stage().store.recordPings([ping("start"), ping("ok"), ping("ok")]);
      expect((await heartbeat()).lastEnd?.durationMs).toBeUndefined();
    });

    it("says that a run is under way, beside how the one before it ended", async () => {
      await stage().store.recordPings([ping("ok"), ping("start")]);
      expect(await heartbeat()).toMatchObject({
        lastEnd: { kind: "ok" },
        startedAt: expect.any(Number) as unknown,
      });
    });

    it("comes for many checks at once, each its own, in the order asked for", async () => {
      const { store } = stage();
      await store.recordPings([ping("fail"), ping("ok", { check: OTHER })]);
      const ends = (await store.heartbeats([OTHER, CHECK, OTHER])).map(({ lastEnd }) => lastEnd?.kind);
      expect(ends).toEqual(["ok", "fail", "ok"]);
      expect(await store.heartbeats([])).toEqual([]);
    });

    it("knows when receivers were there, two that overlap counted once", async () => {
      await stage().store.recordPings([ping("ok")]);
      await heartbeat();
      await age(60 * MINUTE);
      await receiver(90 * MINUTE, 50 * MINUTE);
      await receiver(55 * MINUTE, 40 * MINUTE, "b");
      await receiver(10 * MINUTE, 0, "c");
      const { lastEnd, now, receiverUp } = await heartbeat();
      expect(receiverUp).toHaveLength(2);
      const heard = heardMs(receiverUp, { from: lastEnd?.at ?? 0, to: now });
      expect(heard / MINUTE).toBeCloseTo(30, 1);
    });

    it("begins anew for a check that nobody looked at for a day", async () => {
      const first = await heartbeat();
      await stage().store.housekeep(Date.now() + DAY + MINUTE, RETENTION);
      expect((await heartbeat()).since).toBeGreaterThan(first.since);
    });
  });

  describe("a receiver", () => {
    const stretches = () =>
      stage().sql<{ receiver: string; ms: number }>(
        "select receiver, extract(epoch from last_at - began_at)::float8 * 1000 as ms from tocsin.receiver_up order by began_at",
      );

    it("that goes on noting itself makes one stretch longer", async () => {
      await stage().store.noteReceiver("a");
      await stage().sql(
        "update tocsin.receiver_up set began_at = began_at - interval '10 s', last_at = last_at - interval '5 s'",
      );
      await stage().store.noteReceiver("a");
      await stage().store.noteReceiver("a");
      const [only, ...others] = await stretches();
      expect(others).toEqual([]);
      expect(only?.ms).toBeGreaterThanOrEqual(10 * SECOND);
    });

    it("that was silent for too long was not there meanwhile", async () => {
      await receiver(20 * MINUTE, 16 * SECOND);
      await stage().store.noteReceiver("a");
      expect((await stretches()).map(({ ms }) => Math.round(ms / SECOND))).toEqual([1_184, 0]);
    });

    it("makes no stretch of another longer", async () => {
      await receiver(MINUTE, SECOND, "b");
      await stage().store.noteReceiver("a");
      expect((await stretches()).map(({ receiver: name }) => name)).toEqual(["b", "a"]);
    });
  });
}
