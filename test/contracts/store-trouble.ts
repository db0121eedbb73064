/** Stories about trouble: a store that is not there, goes away, comes back as another, or was made by another program. */

import { describe, expect, it } from "@jest/globals";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { checkId } from "../../src/domain/ids.js";
import { systemClock } from "../../src/lib/clock.js";
import { withinBudget } from "../../src/store/best-effort.js";
import { readMigrations } from "../../src/store/migrate.js";
import { createPostgresStore } from "../../src/store/postgres.js";
import {
  CHECK,
  DAY,
  NOON,
  query,
  reading,
  RETENTION,
  SECOND,
  type Stage,
  transition,
} from "./store-stage.js";

const ALWAYS = { from: 0, to: NOON + 10 * DAY };

async function withMigrations<T>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "tocsin-migrations-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function schemaStories(stage: () => Stage): void {
  describe("the schema", () => {
    it("is made by whoever comes first when several start at once, and again without a change", async () => {
      const connectionString = await stage().server.freshDatabase();
      const stores = [1, 2, 3].map(() => stage().another({ connectionString }));
      await Promise.all(stores.map((store) => store.migrate()));
      await stores[0]?.migrate();
      const applied = await query(connectionString, "select name from tocsin.migrations order by 1");
      expect(applied).toEqual((await readMigrations()).map(({ name }) => ({ name })));
    });

    it("newer than this program is refused", async () => {
      await stage().sql(
        "insert into tocsin.migrations values ('9999_of_the_future', '2099-01-01T00:00:00.000Z')",
      );
      await expect(stage().another().migrate()).rejects.toMatchObject({
        code: "STO-003",
        message: expect.stringContaining("9999_of_the_future") as unknown,
      });
    });

    it("made from another text of the same name is refused", async () => {
      await stage().sql("update tocsin.migration_checksums set sha256 = 'other'");
      await expect(stage().another().migrate()).rejects.toMatchObject({ code: "STO-004" });
    });

    it("grows by what is missing, and stays as it was when that fails", async () => {
      const own = (await readMigrations()).map(({ name, text }) => [`${name}.sql`, text]);
      const files = {
        ...(Object.fromEntries(own) as Readonly<Record<string, string>>),
        "0901_more.sql": "create table tocsin.more (a int)",
      };
      await withMigrations(files, (migrations) => stage().another({ migrations }).migrate());
      expect(await stage().sql("select from tocsin.more")).toEqual([]);
      const broken = {
        ...files,
        "0902_broken.sql": "create table tocsin.half (a int); select no_such_function()",
      };
      const failed = withMigrations(broken, (migrations) => stage().another({ migrations }).migrate());
      await expect(failed).rejects.toMatchObject({ code: "STO-008" });
      expect(await stage().sql("select to_regclass('tocsin.half')::text as half")).toEqual([{ half: null }]);
    });

    it("that was never made is named as the reason", async () => {
      const store = stage().another({ connectionString: await stage().server.freshDatabase() });
      await expect(store.lastReadings(1)).rejects.toMatchObject({ code: "STO-009" });
    });

    it("needs no more than a user who may create in the database", async () => {
      await stage().sql("drop schema tocsin cascade");
      await stage().sql("drop role if exists plain; create role plain login");
      await stage().sql(
        `grant create on database ${new URL(stage().connectionString).pathname.slice(1)} to plain`,
      );
      const connectionString = stage().connectionString.replace(/user=[^&]*/, "user=plain");
      const plain = stage().another({ connectionString });
      await plain.migrate();
      await plain.recordReadings([reading(NOON)]);
      await plain.housekeep(NOON + 4 * DAY, RETENTION);
      expect(await plain.readings(CHECK, ALWAYS, 1)).toEqual([]);
      await plain.close();
      await stage().sql("drop schema tocsin cascade; drop owned by plain; drop role plain");
    });

    it("shows readings to people in plain SQL", async () => {
      await stage().store.recordReadings([
        reading(NOON, { subject: "a", outcome: "degraded", latencyMs: 1.5 }),
      ]);
      const seen = await stage().sql(
        "select at, check_id, subject, outcome, latency_ms from tocsin.readings_at",
      );
      expect(seen).toEqual([
        { at: new Date(NOON), check_id: CHECK, subject: "a", outcome: "degraded", latency_ms: 1.5 },
      ]);
    });
  });
}

function connectionStories(stage: () => Stage): void {
  const nobody = "postgresql://ada:s3cret@127.0.0.1:1/tocsin";

  it.each([
    ["nobody listens", () => nobody, "STO-001"],
    ["there is no such socket", () => "postgresql:///tocsin?host=%2Fno%2Fsuch&user=ada", "STO-001"],
    ["there is no such database", () => stage().connectionString.replace(/test_\w+/, "nope"), "STO-006"],
    ["there is no such user", () => stage().connectionString.replace(/user=[^&]*/, "user=nope"), "STO-006"],
  ])("says so when %s", async (_, connectionString, code) => {
    const store = stage().another({ connectionString: connectionString() });
    const asked = [store.ping(), store.migrate(), store.recordReadings([reading(NOON)])];
    for (const result of await Promise.allSettled(asked)) {
      expect(result).toMatchObject({ status: "rejected", reason: { code } });
      expect(JSON.stringify(result) + String((result as PromiseRejectedResult).reason)).not.toContain(
        "s3cret",
      );
    }
  });

  it.each(["", "tocsin", "host=a password=s3cret", "postgresql://a:s3cret@b:port/c", "http://a:s3cret@b/c"])(
    "refuses the connection string %j without repeating it",
    (connectionString) => {
      const create = () => createPostgresStore({ connectionString, clock: systemClock });
      expect(create).toThrow("no URL of the form");
      expect(create).not.toThrow(/s3cret/);
    },
  );

  it("gives up a statement that takes too long", async () => {
    const hurried = stage().another({ statementMs: 100 });
    const blocker = new Client({ connectionString: stage().connectionString });
    await blocker.connect();
    await blocker.query("begin; lock table tocsin.receipts");
    const late = hurried.recordReadings([reading(NOON)]);
    await expect(late).rejects.toMatchObject({ code: "STO-001" });
    await blocker.end();
    await hurried.recordReadings([reading(NOON)]);
    expect(await hurried.readings(CHECK, ALWAYS, 10)).toHaveLength(1);
  });

  it("uses no connection again on which it waited in vain", async () => {
    const single = stage().another({ maxConnections: 1, statementMs: 100 });
    await single.ping();
    const [backend] = await stage().sql<{ pid: number }>(
      "select pid from pg_stat_activity where datname = current_database() and state = 'idle' and query like '%1%'",
    );
    const pid = backend?.pid ?? 0;
    process.kill(pid, "SIGSTOP");
    try {
      await expect(single.ping()).rejects.toMatchObject({ code: "STO-001" });
      expect(await single.ping()).toBeGreaterThan(0);
    } finally {
      process.kill(pid, "SIGCONT");
    }
  });

  it("lives on when its idle connections are cut", async () => {
    const { store } = stage();
    await Promise.all([store.ping(), store.ping(), store.ping()]);
    await stage().sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    // A connection may still look whole when it is taken: that one statement fails, the next finds a new one.
    const results = await Promise.allSettled([store.ping(), store.ping(), store.ping(), store.ping()]);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "STO-001" });
    }
    expect(await store.ping()).toBeGreaterThanOrEqual(0);
  });

  it("killed in the middle of writing, and back, holds every batch that was confirmed and none in part", async () => {
    const { store, server } = stage();
    const confirmed: number[] = [];
    const batch = (n: number) => Array.from({ length: 50 }, (_, i) => reading(NOON + n * SECOND + i));
    const story = (n: number) => store.recordStory({ transitions: [transition(n, NOON + n)] });
    const killed = { yet: false };
    const writing = (async () => {
      for (let n = 0; !killed.yet || n < 20; n += 1) {
        const done = await Promise.allSettled([story(n), store.recordReadings(batch(n))]);
        if (done[0].status === "fulfilled") confirmed.push(n);
        else expect(done[0].reason).toMatchObject({ code: "STO-001" });
      }
    })();
    while (confirmed.length < 10) await store.ping();
    await server.kill();
    killed.yet = true;
    await writing;
    await server.restart();
    const kept = new Set((await store.transitions({ limit: 10_000 })).map(({ seq }) => seq));
    expect(confirmed.filter((n) => !kept.has(n))).toEqual([]);
    await store.recordReadings(batch(0));
    const perSecond = await stage().sql<{ n: number }>(
      "select count(*)::int as n from tocsin.readings group by ms / 1000",
    );
    expect(perSecond.filter(({ n }) => n !== 50)).toEqual([]);
  });

  it("asks the names of its series again when another state of the database answers", async () => {
    const { store } = stage();
    const other = checkId("koda", "worker", "queue");
    await store.recordReadings([reading(NOON)]);
    await stage().sql("truncate tocsin.readings, tocsin.receipts, tocsin.series restart identity");
    await stage()
      .another()
      .recordReadings([reading(NOON, { check: other })]);
    await stage().sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    await Promise.allSettled([store.ping()]);
    await store.ping();
    await store.recordReadings([reading(NOON + SECOND)]);
    expect(await store.readings(CHECK, ALWAYS, 10)).toEqual([reading(NOON + SECOND)]);
    expect(await store.readings(other, ALWAYS, 10)).toEqual([reading(NOON, { check: other })]);
  });

  it("within a budget: readings that find no store are lost and counted, and kept again when it is back", async () => {
    const { store, server } = stage();
    const lines: string[] = [];
    const best = withinBudget(store, {
      clock: systemClock,
      retryAfterMs: 0,
      log: (line) => void lines.push(line),
    });
    expect(await best.recordReadings([reading(NOON)])).toBe("recorded");
    // Readings are not waited for on disk; a story is, and everything before it.
    await store.recordStory({ transitions: [transition(1, NOON)] });
    await server.kill();
    expect(await best.recordReadings([reading(NOON + 1), reading(NOON + 2)])).toBe("lost");
    expect(await best.ask((asked) => asked.lastReadings(1))).toMatchObject({ ok: false });
    expect([best.lostReadings(), best.away()?.reason]).toEqual([2, expect.stringContaining("store")]);
    await server.restart();
    let at = NOON + 10;
    while ((await best.recordReadings([reading((at += 1))])) === "lost");
    expect(best.away()).toBeUndefined();
    expect(lines).toEqual([expect.stringContaining("away"), expect.stringContaining("back")]);
    expect(await store.readings(CHECK, ALWAYS, 10)).toEqual([reading(NOON), reading(at)]);
  });
}

export function troubleStories(stage: () => Stage): void {
  schemaStories(stage);
  connectionStories(stage);
}
