/** Stories about posted alerts: one row for one thing that is wrong, however often and by however many it is said. */

import { describe, expect, it } from "@jest/globals";
import { checkId } from "../../src/domain/ids.js";
import type { NewAlert } from "../../src/store/incoming.js";
import { CHECK, DAY, HOUR, MINUTE, RETENTION, SECOND, type Stage } from "./store-stage.js";

function alert(fingerprint: string, differing: Partial<NewAlert> = {}): NewAlert {
  const title = `${fingerprint} is wrong`;
  return { check: CHECK, fingerprint, severity: "warning", title, message: "", context: {}, ...differing };
}

export function inboxStories(stage: () => Stage): void {
  const age = (ms: number) =>
    stage().sql(
      `update tocsin.inbox set first_seen = first_seen - interval '${ms} ms', last_seen = last_seen - interval '${ms} ms', ends_at = ends_at - interval '${ms} ms'`,
    );
  const open = async () =>
    (await stage().store.inbox(CHECK, 100)).filter(({ overSince }) => overSince === undefined);

  describe("a posted alert", () => {
    it("is there as it came, and holds a day", async () => {
      const posted = alert("disk", {
        severity: "critical",
        message: "97 % \0 full",
        context: { host: "db1", used: 0.97, tags: ["a\0"] },
        source: "10.0.0.7",
      });
      await stage().store.recordAlerts([posted]);
      const [kept, ...others] = await open();
      expect(others).toEqual([]);
      expect(kept).toMatchObject({
        ...posted,
        message: "97 % \uFFFD full",
        context: { host: "db1", used: 0.97, tags: ["a\uFFFD"] },
        count: 1,
      });
      expect(kept?.firstSeen).toBe(kept?.lastSeen);
      expect((kept?.endsAt ?? 0) - (kept?.lastSeen ?? 0)).toBe(24 * HOUR);
    });

    it("posted by many at once is one row that counts them, with the last words", async () => {
      const flood = Array.from({ length: 20 }, (_, batch) =>
        Array.from({ length: 50 }, (__, n) => alert("disk", { title: `${batch} ${n}` })),
      );
      await Promise.all(flood.map((batch) => stage().store.recordAlerts(batch)));
      const [kept, ...others] = await open();
      expect([kept?.count, others]).toEqual([1_000, []]);
      expect(kept?.title).toMatch(/ 49$/);
    });

    it("posted again keeps when it was seen first, and holds a day from then on", async () => {
      await stage().store.recordAlerts([alert("disk")]);
      await age(HOUR);
      await stage().store.recordAlerts([alert("disk", { severity: "critical" })]);
      const [kept] = await open();
      expect(kept).toMatchObject({ count: 2, severity: "critical" });
      expect((kept?.lastSeen ?? 0) - (kept?.firstSeen ?? 0)).toBeGreaterThanOrEqual(HOUR);
      expect((kept?.endsAt ?? 0) - (kept?.lastSeen ?? 0)).toBe(24 * HOUR);
    });

    it("is over when its time is, and begins anew when it is posted after that", async () => {
      await stage().store.recordAlerts([alert("disk"), alert("disk")]);
      await age(24 * HOUR);
      expect(await open()).toEqual([]);
      await stage().store.recordAlerts([alert("disk")]);
      expect(await open()).toMatchObject([{ count: 1 }]);
    });

    it("is over when somebody says so, once, and may begin anew", async () => {
      const { store } = stage();
      await store.recordAlerts([alert("disk"), alert("net")]);
      expect(await store.endAlert(CHECK, "disk")).toBe(true);
      expect(await store.endAlert(CHECK, "disk")).toBe(false);
      expect(await store.endAlert(CHECK, "nothing")).toBe(false);
      expect((await open()).map(({ fingerprint }) => fingerprint)).toEqual(["net"]);
      await store.recordAlerts([alert("disk")]);
      expect(await open()).toMatchObject([{ count: 1 }, { count: 1 }]);
    });

    it("is over at the end that came with it", async () => {
      const endsAt = Date.now() + 10 * MINUTE;
      await stage().store.recordAlerts([
        alert("disk", { endsAt }),
        alert("past", { endsAt: Date.now() - 1 }),
      ]);
      expect(await open()).toMatchObject([{ fingerprint: "disk", endsAt }]);
    });

    it("is shown as over for an hour, after all that are open, and then no more", async () => {
      const { store } = stage();
      await store.recordAlerts([
        alert("info", { severity: "info" }),
        alert("ended", { severity: "critical" }),
      ]);
      await store.endAlert(CHECK, "ended");
      const [first, second] = await store.inbox(CHECK, 10);
      expect([first?.fingerprint, first?.overSince]).toEqual(["info", undefined]);
      expect(second).toMatchObject({ fingerprint: "ended", overSince: expect.any(Number) as unknown });
      await stage().sql("update tocsin.inbox set ended_at = ended_at - interval '61 minutes'");
      expect(await store.inbox(CHECK, 10)).toHaveLength(1);
    });

    it("of another check is another alert", async () => {
      const other = checkId("shop", "agents", "inbox");
      await stage().store.recordAlerts([alert("disk"), alert("disk", { check: other })]);
      expect(await open()).toMatchObject([{ count: 1 }]);
      expect(await stage().store.inbox(other, 10)).toMatchObject([{ count: 1 }]);
    });

    it("comes worst first, then newest, and not more than asked for", async () => {
      const { store } = stage();
      await store.recordAlerts([alert("old"), alert("info", { severity: "info" })]);
      await age(SECOND);
      await store.recordAlerts([alert("new"), alert("bad", { severity: "critical" })]);
      expect((await store.inbox(CHECK, 3)).map(({ fingerprint }) => fingerprint)).toEqual([
        "bad",
        "new",
        "old",
      ]);
    });

    it("is forgotten a month after it was over", async () => {
      await stage().store.recordAlerts([alert("disk"), alert("net", { endsAt: Date.now() + 60 * DAY })]);
      const rows = () => stage().sql("select from tocsin.inbox");
      await stage().store.housekeep(Date.now() + 30 * DAY, RETENTION);
      expect(await rows()).toHaveLength(2);
      await stage().store.housekeep(Date.now() + 31 * DAY + MINUTE, RETENTION);
      expect(await rows()).toHaveLength(1);
    });
  });
}
