import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { historyFromJSON } from "@temporalio/common/lib/proto-utils.js";
import { DefaultLogger, Runtime, Worker } from "@temporalio/worker";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/lib/package-root.js";
import { changedBundle, EXTRA_TIMER_AT_START, EXTRA_TIMER_IN_LOOP } from "../support/changed-workflows.js";
import { plan } from "../support/plans.js";
import { tocsinWorld } from "../support/tocsin-world.js";
import { workflowBundle } from "../support/workflow-bundle.js";
import type { RunBooks } from "../support/workflow-harness.js";

const HISTORIES = join(packageRoot, "test", "replay", "histories");
const files = readdirSync(HISTORIES).filter((name) => name.endsWith(".json"));

type History = RunBooks["history"];

function read(file: string): History {
  return historyFromJSON(JSON.parse(readFileSync(join(HISTORIES, file), "utf8")));
}

function kindOf({ events }: History): string {
  return events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? "";
}

async function replay(code: string, history: History): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle: { code } }, history, `replayed-${kindOf(history)}`);
}

beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger("ERROR"), telemetryOptions: { logging: { filter: "OFF" } } });
});
afterAll(() => Runtime.instance().shutdown());

const STAGES = ["pending", "firing", "acknowledged", "resolved", "continued"];

describe("what earlier versions have left on servers", () => {
  it("is there for both workflows and every stage of an incident", () => {
    expect(STAGES.filter((stage) => !files.some((file) => file.includes(stage)))).toEqual([]);
    expect(new Set(files.map((file) => kindOf(read(file))))).toEqual(new Set(["monitor", "incident"]));
  });

  it.each(files)("goes on under this version: %s", async (file) => {
    await replay((await workflowBundle()).code, read(file));
  });
});

describe("a change that running workflows would not survive", () => {
  const changes = { EXTRA_TIMER_AT_START, EXTRA_TIMER_IN_LOOP };
  const histories: History[] = [];

  beforeAll(async () => {
    const world = await tocsinWorld({
      plan: plan(),
      look: (_check, sinceMs) => (sinceMs >= 60_000 && sinceMs < 600_000 ? "bad" : "good"),
    });
    await world.advanceTo(400_000);
    const live = [world.monitor, world.incident("controller")].flatMap((wf) => wf?.runs ?? []);
    histories.push(...live.map(({ history }) => history), ...files.map((file) => read(file)));
  });

  it("is none: what workflows of this version leave is replayed by it", async () => {
    const { code } = await workflowBundle();
    expect(new Set(histories.map(kindOf))).toEqual(new Set(["monitor", "incident"]));
    for (const history of histories) await replay(code, history);
  });

  it.each(Object.entries(changes))("is noticed in every kind of history: %s", async (_, change) => {
    const code = await changedBundle(change);
    for (const history of histories) {
      const events = history.events?.length ?? 0;
      await expect(replay(code, history)).rejects.toThrow(/TMPRL1100/);
      expect(events).toBeGreaterThan(12);
    }
  });
});
