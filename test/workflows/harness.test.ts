import { describe, expect, it } from "@jest/globals";
import { startHarnessWorkflow } from "../support/harness-workflows/start.js";

describe("the harness", () => {
  it("runs a polling workflow", async () => {
    const wf = await startHarnessWorkflow({
      type: "poller",
      args: [{ limit: 1000 }],
      activities: { probe: (input: { n: number }) => `r${input.n}` },
      latencyMs: { probe: 200 },
    });
    await wf.advance(3_600_000);
    expect(await wf.query("count")).toBe(120);
    await wf.replay();
    await wf.signal("stop");
    expect(wf.result).toHaveLength(120);
  });
});
