import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { historyFromJSON, historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { DefaultLogger, Runtime, Worker } from "@temporalio/worker";
import { scenarios, type Scenario } from "../support/harness-workflows/scenarios.js";
import { HARNESS_WORKFLOWS, startHarnessWorkflow } from "../support/harness-workflows/start.js";
import { workflowBundle } from "../support/workflow-bundle.js";
import type { RunBooks, WorkflowHarness } from "../support/workflow-harness.js";

beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
});
afterAll(() => Runtime.instance().shutdown());

function scenarioNamed(name: string): Scenario {
  const scenario = scenarios[name];
  if (!scenario) throw new Error(`no scenario "${name}"`);
  return scenario;
}

async function follow(scenario: Scenario): Promise<WorkflowHarness> {
  const wf = await startHarnessWorkflow(scenario);
  for (const step of scenario.steps) {
    if ("advanceMs" in step) await wf.advance(step.advanceMs);
    else if ("signal" in step) await wf.signal(step.signal, step.payload);
    else await wf.deliverTogether([step]);
  }
  return wf;
}

/** Through JSON, as a history file goes. */
async function replayInCore({ history, runId }: RunBooks, code: string): Promise<void> {
  const read = historyFromJSON(JSON.parse(historyToJSON(history)));
  await Worker.runReplayHistory({ workflowBundle: { code } }, read, runId);
}

describe("a recorded history", () => {
  it.each(Object.entries(scenarios))(
    "of %s satisfies the SDK's own Core and the harness's replay",
    async (_, scenario) => {
      const { code } = await workflowBundle(HARNESS_WORKFLOWS);
      const wf = await follow(scenario);
      for (const run of wf.runs) await replayInCore(run, code);
      await wf.replay();
    },
  );

  it("of a refused end satisfies them too", async () => {
    const { code } = await workflowBundle(HARNESS_WORKFLOWS);
    const wf = await startHarnessWorkflow({
      type: "racing",
      signals: [
        { moment: "withStart", signal: "note", payload: "first" },
        { moment: { duringTask: 1 }, signal: "note", payload: "second" },
        { moment: "duringClosingTask", signal: "note", payload: "late" },
      ],
    });
    await wf.advance(20_000);
    expect(wf.result).toEqual(["first", "second", "late"]);
    for (const run of wf.runs) await replayInCore(run, code);
  });

  it("does not satisfy them when the workflow has been changed", async () => {
    const { code } = await workflowBundle(HARNESS_WORKFLOWS);
    const changed = code.replace(
      /await (\(0,\s*([\w.]+)\.sleep\)\(1000\));/,
      "await (0, $2.sleep)(5); await $1;",
    );
    const wf = await follow(scenarioNamed("a patch"));
    expect(changed === code).toBe(false);
    await expect(replayInCore(wf.books, changed)).rejects.toThrow(/TMPRL1100/);
  });

  it("counts the events of every kind", async () => {
    const wf = await follow(scenarioNamed("a poller that is stopped"));
    expect(wf.books.eventCounts).toEqual({
      workflowExecutionStarted: 1,
      workflowTaskScheduled: 3,
      workflowTaskStarted: 3,
      workflowTaskCompleted: 3,
      activityTaskScheduled: 1,
      activityTaskStarted: 1,
      activityTaskCompleted: 1,
      timerStarted: 1,
      timerCanceled: 1,
      workflowExecutionSignaled: 1,
      workflowExecutionCompleted: 1,
    });
    expect(wf.books.commands).toEqual({
      scheduleActivity: 1,
      startTimer: 1,
      cancelTimer: 1,
      completeWorkflowExecution: 1,
    });
  });
});
