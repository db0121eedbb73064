/** The part of the check types' suite that needs a network: what a probe does when the network or the target does its worst. */

import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

import { describe, expect, test } from "@jest/globals";

import type { Reading } from "../../src/domain/reading.js";
import { startFaultProxy, type Fault } from "../support/fault-proxy.js";
import { contextOf, expectSoundReadings, type CheckTypeSubject } from "./check-type-subject.js";

/** How late after its deadline a probe may settle. */
const GRACE_MS = 50;
const TIMEOUT_MS = 500;

/** `slow`: the answer comes, late but whole. `spoiled`: no whole answer can come. */
const FAULTS: readonly (readonly [Fault, "slow" | "spoiled"])[] = [
  [{ kind: "delay", ms: 20 }, "slow"],
  [{ kind: "jitter", ms: 20 }, "slow"],
  [{ kind: "throttle", bytesPerSecond: 100 }, "spoiled"],
  [{ kind: "cut", afterBytes: 7 }, "spoiled"],
  [{ kind: "reset" }, "spoiled"],
  [{ kind: "blackhole" }, "spoiled"],
  [{ kind: "garbage" }, "spoiled"],
];

interface Timed {
  readonly readings: readonly Reading[];
  /** After the deadline, milliseconds; negative when it settled before. */
  readonly lateMs: number;
}

async function timedProbe<Spec>(subject: CheckTypeSubject<Spec>, port: number): Promise<Timed> {
  const { type, keys } = subject;
  const stop = new AbortController();
  let abortedAt = Infinity;
  const timer = setTimeout(() => {
    abortedAt = performance.now();
    stop.abort();
  }, TIMEOUT_MS);
  const context = { ...contextOf(subject, TIMEOUT_MS), signal: stop.signal };
  const readings = await type.probe(type.schema.parse(keys(port)), context);
  const lateMs = performance.now() - abortedAt;
  clearTimeout(timer);
  return { readings, lateMs };
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export function describeNetworkFaults<Spec>(subject: CheckTypeSubject<Spec>): void {
  describe(`every check type over a network: ${subject.type.type}`, () => {
    test("finds an address that refuses bad, and says so", async () => {
      const { readings } = await timedProbe(subject, await closedPort());
      expectSoundReadings(subject, readings);
      expect(readings).toEqual([expect.objectContaining({ outcome: "bad" })]);
    });

    test.each(FAULTS)(
      "meets the fault %j: settles in time, says why, leaves no socket",
      async (fault, kind) => {
        const target = await subject.start();
        const proxy = await startFaultProxy(target.port ?? 0);
        proxy.set(fault);
        const { readings, lateMs } = await timedProbe(subject, proxy.port);
        expectSoundReadings(subject, readings);
        expect(lateMs).toBeLessThan(GRACE_MS);
        const outcomes = new Set(readings.map(({ outcome }) => outcome));
        const harmless = kind === "slow" || subject.unharmedBy?.includes(fault.kind) === true;
        expect([...outcomes]).toEqual([harmless ? "good" : "bad"]);
        await proxy.drained();
        await proxy.close();
        await target.close();
      },
    );
  });
}
