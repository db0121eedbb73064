/** This machine's clock against a real server's, which is the same one here: what is measured must contain the truth. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import type { Clock } from "../../src/lib/clock.js";
import { systemClock } from "../../src/lib/clock.js";
import { clockSkewMeter } from "../../src/temporal/clock-skew.js";
import { connectTemporal, type TemporalClient } from "../../src/temporal/connection.js";
import { startTemporalServer, type TestTemporalServer } from "../support/temporal-server.js";

let server: TestTemporalServer;
let temporal: TemporalClient;

beforeAll(async () => {
  server = await startTemporalServer();
  temporal = await connectTemporal(server);
}, 120_000);

afterAll(async () => {
  await temporal.close();
  await server.stop();
}, 60_000);

/** The clock of a machine that is so far ahead. */
function ahead(ms: number): Clock {
  return { now: () => systemClock.now() + ms, monotonic: () => systemClock.monotonic() };
}

describe("a clock's distance from the server's", () => {
  it.each([0, 40_000, -40_000])(
    "is measured to within what it says: %i ms",
    async (ms) => {
      const meter = clockSkewMeter({ ...temporal, prefix: "" }, ahead(ms));
      expect(meter.last()).toBeUndefined();
      const { aheadMs, uncertaintyMs } = await meter.measure();
      expect(Math.abs(aheadMs - ms)).toBeLessThanOrEqual(uncertaintyMs);
      expect(uncertaintyMs).toBeLessThan(1_000);
      expect(meter.last()).toMatchObject({ aheadMs, uncertaintyMs });
    },
    30_000,
  );

  it("is measured anew each time, and leaves nothing among the workflows", async () => {
    const meter = clockSkewMeter({ ...temporal, prefix: "" }, systemClock);
    const first = await meter.measure();
    const second = await meter.measure();
    expect(second.at).toBeGreaterThan(first.at);
    expect(Math.abs(second.aheadMs)).toBeLessThanOrEqual(second.uncertaintyMs);
    expect((await temporal.client.workflow.count()).count).toBe(0);
  }, 30_000);
});
