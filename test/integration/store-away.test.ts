/** A store that is gone for five minutes around a page and its end: both are told on time, and their rows arrive by themselves. */

import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { resolveContext } from "../../src/cli/context.js";
import type { IncidentId, ServiceId } from "../../src/domain/ids.js";
import { systemClock } from "../../src/lib/clock.js";
import { createPostgresStore } from "../../src/store/postgres.js";
import type { Store } from "../../src/store/store.js";
import { startInstallation, type Installation } from "../support/installation.js";
import { alertOf, dataOf, kindOf } from "../support/pages.js";
import { startReceiver, type Receiver } from "../support/receiver.js";
import { startSwitchTarget, type SwitchTarget } from "../support/switch-target.js";
import { watching } from "../support/watched.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const SERVICE = "shop/till" as ServiceId;
/** Until the store is up again, and the workflows have tried it again. */
const ROWS_WITHIN_MS = 2 * MINUTE;

interface Rows {
  readonly edges: readonly { readonly text: string; readonly at: number }[];
  readonly deliveries: readonly string[];
  readonly events: readonly string[];
}

describe("a store that is away for five minutes", () => {
  let hook: Receiver;
  let target: SwitchTarget;
  let installation: Installation;
  let store: Store;
  let goneAt = 0;
  let backAt = 0;
  let incident: IncidentId;

  async function rows(): Promise<Rows> {
    const edges = await store.transitions({ service: SERVICE, limit: 100 });
    const deliveries = await store.deliveries({ incident, limit: 100 });
    const events = await store.incidentEvents(incident);
    return {
      edges: [...edges].reverse().map(({ from, to, at }) => ({ text: `${from} -> ${to}`, at })),
      deliveries: [...deliveries].reverse().map(({ kind, n, result }) => `${kind} n=${n} ${result}`),
      events: events.map(({ kind }) => kind),
    };
  }

  /** Nobody pushes: looks until the incident's last row is there. */
  async function untilClosed(): Promise<Rows> {
    const giveUpAt = Date.now() + ROWS_WITHIN_MS;
    for (;;) {
      const seen = await rows().catch((error: unknown) => error);
      if (!(seen instanceof Error) && (seen as Rows).events.includes("closed")) return seen as Rows;
      if (Date.now() > giveUpAt) throw new Error(`the rows have not come: ${JSON.stringify(seen)}`);
      await pass(SECOND);
    }
  }

  beforeAll(async () => {
    hook = await startReceiver();
    target = await startSwitchTarget();
    installation = await startInstallation({
      config: watching([{ service: "till", url: target.url }], hook),
    });
    const { databaseUrl } = resolveContext(
      { dir: join(installation.dir, "state") },
      { env: {}, cwd: installation.dir },
    );
    store = createPostgresStore({
      connectionString: databaseUrl ?? "",
      clock: systemClock,
      maxConnections: 1,
    });
  }, 180_000);

  afterAll(async () => {
    await store.close();
    await installation.close();
    await target.close();
    await hook.close();
  }, 60_000);

  it("delays neither the page nor the end", async () => {
    const letGo = await installation.holdUp();
    try {
      process.kill(await installation.pid("postgres"), "SIGKILL");
      goneAt = Date.now();
      await pass(MINUTE);
      await target.refuse();
      const page = await hook.waitFor((delivery) => kindOf(delivery) === "firing", MINUTE);
      incident = dataOf(page).incident as IncidentId;
      await target.answer(200);
      const end = await hook.waitFor((delivery) => kindOf(delivery) === "resolved", MINUTE);
      expect(dataOf(end).incident).toBe(incident);
      await pass(goneAt + 5 * MINUTE - Date.now());
    } finally {
      letGo();
      backAt = Date.now();
    }
    const [page] = hook.received;
    const afterMs = page === undefined ? 0 : page.at - Date.parse(alertOf(page).since);
    expect(afterMs).toBeGreaterThanOrEqual(20 * SECOND);
    expect(afterMs).toBeLessThan(21 * SECOND);
  }, 420_000);

  it("has their rows afterwards, from the times at which they were decided", async () => {
    const { edges, deliveries, events } = await untilClosed();
    expect(edges.map(({ text }) => text)).toEqual([
      "inactive -> pending",
      "pending -> firing",
      "firing -> recovering",
      "recovering -> inactive",
    ]);
    for (const { at } of edges) {
      expect(at).toBeGreaterThan(goneAt);
      expect(at).toBeLessThan(backAt);
    }
    expect(deliveries).toEqual(["firing n=1 accepted", "resolved n=2 accepted"]);
    expect(events[0]).toBe("opened");
    const { code, stdout } = await installation.tocsin("why", SERVICE);
    expect(code).toBe(0);
    expect(stdout).toMatch(/hook was told:\s+the page at [0-9:]{8}\.\s+the end at [0-9:]{8}\./);
    expect(stdout).not.toContain("store away");
  }, 180_000);

  it("makes nobody hear anything twice", () => {
    expect(hook.received.map(kindOf)).toEqual(["firing", "resolved"]);
  });
});
