import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";

import { openInstallation } from "../../src/cli/installation.js";
import type { AlertId, CheckId, IncidentId } from "../../src/domain/ids.js";
import type { MessageKind } from "../../src/domain/message.js";
import type { Plan } from "../../src/domain/plan.js";
import { systemClock } from "../../src/lib/clock.js";
import { createPostgresStore } from "../../src/store/postgres.js";
import type { Store } from "../../src/store/store.js";
import { run, type Ran } from "../cli/world-installation.js";
import { dataOf, kindOf } from "../support/pages.js";
import { plan } from "../support/plans.js";
import { startTestPostgres, type TestPostgres } from "../support/postgres.js";
import { startReceiver, type Receiver } from "../support/receiver.js";

/** The commands that live from the store, on a real one, with a receiver on a real socket. */
const OPENED = Date.UTC(2026, 0, 1);
const INCIDENT = "kohakku/controller@2026-01-01T00:00:00.000Z" as IncidentId;
const ALERT = "kohakku/controller/ready/not-ready" as AlertId;
const SECOND = 1_000;

let postgres: TestPostgres;
let database: string;
let store: Store;
let hook: Receiver;
let cwd: string;
let shape: Plan;

beforeAll(async () => {
  postgres = await startTestPostgres("embedded");
  cwd = mkdtempSync(join(tmpdir(), "tocsin-cli-"));
}, 120_000);

afterAll(async () => {
  await postgres.stop();
  rmSync(cwd, { recursive: true });
}, 60_000);

beforeEach(async () => {
  database = await postgres.freshDatabase();
  store = createPostgresStore({ connectionString: database, clock: systemClock });
  hook = await startReceiver();
  const spec = { url: hook.url, secret: [], headers: {}, timeout: 5_000, allow_private: true };
  shape = { ...plan(), notifiers: { hook: { name: "hook", type: "webhook", spec, allowPrivate: true } } };
  await store.migrate();
  await store.saveRevision({ plan: shape, appliedAt: OPENED, appliedBy: "ada" });
});

afterEach(async () => {
  await store.close();
  await hook.close();
});

function tocsin(...argv: readonly string[]): Promise<Ran> {
  return run([...argv, "--database", database], openInstallation, { cwd, now: () => OPENED + 3_600_000 });
}

/** One incident that fired and ended; one message of the kind was given up. */
async function died(kind: MessageKind): Promise<string> {
  const workflowId = "incident:kohakku/controller";
  const facts = {
    alert: ALERT,
    episode: OPENED / SECOND,
    severity: "critical",
    since: OPENED - 120 * SECOND,
  };
  const event = (seq: number, what: string, text: string, more: object = {}) => ({
    workflowId,
    seq,
    incident: INCIDENT,
    at: OPENED + seq * SECOND,
    kind: what,
    text,
    facts: { ...more },
  });
  const delivery = { workflowId, incident: INCIDENT, notifier: "hook" };
  const n = kind === "resolved" ? 2 : 1;
  await store.recordStory({
    incidentEvents: [
      event(1, "opened", "opened", { severity: "critical", revision: shape.revision }),
      event(2, "member", `${ALERT} fires: 503, redis: error`, facts),
      ...(kind === "resolved"
        ? [
            event(10, "member-ended", `${ALERT} recovered`, { ...facts, at: OPENED + 9 * SECOND }),
            event(11, "ended", "no member fires any more"),
          ]
        : []),
    ],
    deliveries: [
      {
        ...delivery,
        seq: 20,
        key: `${INCIDENT}/hook/${n}`,
        n,
        kind,
        at: OPENED + 20 * SECOND,
        attempt: 7,
        result: "dead",
        reason: "HTTP 503",
      },
    ],
  });
  return `${INCIDENT}/hook/${n}`;
}

describe("tocsin deadletters", () => {
  it("lists what was given up, and nothing else", async () => {
    expect(await tocsin("deadletters", "list")).toEqual({
      out: "",
      err: "there is no dead letter\n",
      exit: 0,
    });
    await died("resolved");
    expect((await tocsin("deadletters", "list")).out).toMatchInlineSnapshot(`
     "KEY                                                 STATE  KIND      WHEN
     kohakku/controller@2026-01-01T00:00:00.000Z/hook/2  dead   resolved  00:00:20
       HTTP 503
     "
    `);
  });

  it("retry tells an end under its own key, once, and says so in the timeline", async () => {
    const key = await died("resolved");
    expect(await tocsin("deadletters", "retry", key)).toEqual({
      out: `${key}: accepted, HTTP 202\n`,
      err: "",
      exit: 0,
    });
    const [told] = hook.received;
    expect(told === undefined ? undefined : [kindOf(told), dataOf(told).n]).toEqual(["resolved", 2]);
    expect(JSON.parse(told?.body ?? "{}")).toMatchObject({
      id: key,
      data: { state: "ended", alerts: [{ id: ALERT, state: "resolved", end_reason: "recovered" }] },
    });
    expect((await tocsin("deadletters", "list")).err).toBe("there is no dead letter\n");
    expect((await tocsin("incidents", "kohakku/controller")).out).toContain(
      "told          end to hook, attempt 8: by hand, ada",
    );
    expect((await tocsin("deadletters", "retry", key)).err).toContain("error CLI-010");
  });

  it("retry that is not accepted leaves the letter dead, with what was said last", async () => {
    const key = await died("resolved");
    hook.answer({ status: 410 });
    const { err, exit } = await tocsin("deadletters", "retry", key);
    expect(exit).toBe(1);
    expect(err).toContain("rejected, HTTP 410: the receiver is gone for good; it stays a dead letter");
    const { data } = JSON.parse((await tocsin("deadletters", "list", "--json")).out) as {
      readonly data: readonly object[];
    };
    expect(data).toMatchObject([{ key, state: "dead", attempts: 8 }]);
  });

  it("retry of a page is refused while its incident runs, because nobody would tell its end; --force sends it", async () => {
    const key = await died("firing");
    const { err, exit } = await tocsin("deadletters", "retry", key);
    expect(exit).toBe(1);
    expect(err).toContain("would not tell it the end");
    expect(hook.received).toHaveLength(0);
    expect((await tocsin("deadletters", "retry", key, "--force")).exit).toBe(0);
    expect(hook.received.map(kindOf)).toEqual(["firing"]);
  });

  it("discard lets one be, with who and why", async () => {
    const key = await died("resolved");
    expect((await tocsin("deadletters", "discard", key, "--reason", "told by phone")).out).toBe(
      `${key}: discarded\n`,
    );
    expect(hook.received).toHaveLength(0);
    expect((await tocsin("deadletters", "list")).err).toBe("there is no dead letter\n");
    expect((await tocsin("deadletters", "list", "--state", "discarded")).out).toContain(key);
    expect((await tocsin("incidents", "kohakku/controller")).out).toMatch(/told by phone; by\s+hand, ada/);
  });

  it("of an unknown key is a usage error", async () => {
    expect((await tocsin("deadletters", "retry", "nothing")).exit).toBe(2);
  });
});

describe("tocsin history", () => {
  const check = "kohakku/controller/ready" as CheckId;
  const now = OPENED + 3_600_000;

  beforeEach(async () => {
    const at = (index: number) => now - (60 - index) * 15 * SECOND;
    await store.recordReadings(
      Array.from({ length: 60 }, (_, index) => ({
        check,
        at: at(index),
        latencyMs: 12,
        outcome: index >= 20 && index < 30 ? ("bad" as const) : ("good" as const),
        ...(index === 20 ? { evidence: { reason: "503, redis: error" } } : {}),
      })),
    );
    await store.recordStory({
      transitions: [
        {
          workflowId: "monitor:kohakku",
          seq: 1,
          alert: ALERT,
          at: at(20),
          from: "inactive",
          to: "pending",
          severity: "critical",
          reason: "503, redis: error",
          facts: {},
        },
      ],
    });
  });

  it("shows what stayed the same as one line, and the edges between", async () => {
    expect((await tocsin("history", check)).out).toMatchInlineSnapshot(`
     "kohakku/controller/ready: 83.3 % good of 60 known readings

     FROM      TO        WHAT       LATENCY  DETAIL
     00:45:00  00:49:45  good ×20     12 ms
     00:50:00  00:52:15  bad ×10      12 ms  503, redis: error
     00:50:00            → pending           not-ready: 503, redis: error
     00:52:30  00:59:45  good ×30     12 ms
     "
    `);
  });

  it("looks back as far as it is told", async () => {
    expect((await tocsin("history", check, "--since", "5m")).out).toContain(
      "100 % good of 20 known readings",
    );
  });

  it("says so when there is nothing", async () => {
    const { out, err, exit } = await tocsin("history", check, "--since", "5s");
    expect({ out, exit }).toEqual({ out: "", exit: 0 });
    expect(err).toContain(`nothing was stored of ${check}`);
  });

  it("ends with 3 when no store is named", async () => {
    const { err, exit } = await run(["history", check], openInstallation, { cwd });
    expect(exit).toBe(3);
    expect(err).toMatch(/^error CLI-007: /);
  });
});
