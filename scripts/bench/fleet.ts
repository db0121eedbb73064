/** A fleet of targets in a process of its own, so that what it costs is not counted as Tocsin's. */

import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { packageRoot } from "../../src/lib/package-root.js";
import type { FleetAnswer, FleetOptions, FleetQuestion, FleetReport } from "./fleet-messages.js";

export interface Fleet {
  readonly pid: number;
  readonly url: (target: number) => string;
  /** Begins to count anew. */
  window(): Promise<void>;
  /** `due`: how often each target should have been asked since the window began. */
  report(due?: number): Promise<FleetReport>;
  close(): Promise<void>;
}

export async function startFleet({ targets, hangEvery }: FleetOptions): Promise<Fleet> {
  const child = fork(join(packageRoot, "dist", "scripts", "bench", "fleet-server.js"), [
    String(targets),
    String(hangEvery),
  ]);
  const listening = await next(child);
  if (listening.answer !== "listening" || child.pid === undefined) {
    throw new Error("the fleet did not start");
  }
  const { ports } = listening;
  const ask = async (question: FleetQuestion): Promise<FleetAnswer> => {
    const answered = next(child);
    child.send(question);
    return answered;
  };
  return {
    pid: child.pid,
    url: (target) => `http://127.0.0.1:${ports[target % ports.length]}/t/${target}`,
    window: async () => {
      await ask({ ask: "window" });
    },
    report: async (due = 0) => {
      const answer = await ask({ ask: "report", due });
      if (answer.answer !== "report") throw new Error(`the fleet answered ${answer.answer}`);
      return answer.report;
    },
    close: async () => {
      const gone = once(child, "exit");
      child.disconnect();
      await gone;
    },
  };
}

async function next(child: ChildProcess): Promise<FleetAnswer> {
  const [answer] = (await once(child, "message")) as [FleetAnswer];
  return answer;
}
