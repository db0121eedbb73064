/** `tocsin apply` beside a running installation: what it touches, and what it leaves alone. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { connectTemporal, type TemporalClient } from "../../src/temporal/connection.js";
import { startInstallation, type CommandEnd, type Installation } from "../support/installation.js";
import { dataOf, kindOf } from "../support/pages.js";
import { startReceiver, type Receiver } from "../support/receiver.js";
import { startSwitchTarget, type SwitchTarget } from "../support/switch-target.js";
import { watching } from "../support/watched.js";

const MONITOR = "monitor:shop";

interface Owed {
  readonly incident: string;
  readonly notifier: string;
  readonly owed: string;
  readonly revision: string;
}

interface Applied {
  readonly revision: string;
  readonly started: readonly string[];
  readonly reconfigured: readonly string[];
  readonly unchanged: readonly string[];
  readonly retiring: readonly string[];
  readonly stillOwed: { readonly owed: readonly Owed[]; readonly unanswered: readonly string[] };
}

describe("tocsin apply", () => {
  let hook: Receiver;
  let target: SwitchTarget;
  let installation: Installation;
  let temporal: TemporalClient;

  /** The configuration that `up` runs, with another duration. */
  function config(forText: string): string {
    return watching([{ service: "api", url: target.url }], hook, { for: forText });
  }

  async function apply(forText: string, ...flags: readonly string[]): Promise<CommandEnd> {
    const file = join(installation.dir, `${forText}.yaml`);
    await writeFile(file, config(forText));
    return installation.tocsin("apply", file, ...flags);
  }

  async function applied(forText: string): Promise<Applied> {
    const { stdout } = await apply(forText, "--json");
    return (JSON.parse(stdout) as { readonly data: Applied }).data;
  }

  /** How often the monitor has been told to take a configuration, ever. */
  async function tellings(): Promise<number> {
    const { events } = await temporal.client.workflow.getHandle(MONITOR).fetchHistory();
    return (events ?? []).filter(
      (event) => event.workflowExecutionSignaledEventAttributes?.signalName === "reconfigure",
    ).length;
  }

  /** Waits until the monitor sweeps by a revision. */
  async function runs(revision: string): Promise<void> {
    const giveUpAt = Date.now() + 30_000;
    for (;;) {
      const { stdout } = await installation.temporal(
        ...["workflow", "query", "--workflow-id", MONITOR, "--type", "status"],
      );
      if (stdout.includes(revision)) return;
      if (Date.now() > giveUpAt) throw new Error(`not revision ${revision}: ${stdout}`);
      await pass(100);
    }
  }

  beforeAll(async () => {
    hook = await startReceiver();
    target = await startSwitchTarget();
    installation = await startInstallation({ config: config("20s") });
    temporal = await connectTemporal({
      address: installation.ready.temporal,
      namespace: installation.ready.namespace,
    });
  }, 180_000);

  afterAll(async () => {
    await temporal.close();
    await installation.close();
    await target.close();
    await hook.close();
  }, 120_000);

  it("of what runs already touches no monitor, and says that nothing changed", async () => {
    const before = await tellings();
    const { code, stdout } = await apply("20s");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^revision [0-9a-f]{12} \(unchanged\): 1 checks\nnothing changed: every monitor runs it already\n$/,
    );
    expect(await applied("20s")).toMatchObject({
      ...{ started: [], reconfigured: [], retiring: [] },
      unchanged: [MONITOR],
    });
    expect(await tellings()).toBe(before);
  }, 120_000);

  it("of another one and back at once ends on the one that was applied last", async () => {
    const before = await tellings();
    expect(await applied("25s")).toMatchObject({ reconfigured: [MONITOR], unchanged: [] });
    const { revision, reconfigured } = await applied("20s");
    expect(reconfigured).toEqual([MONITOR]);
    expect(await tellings()).toBe(before + 2);
    await runs(revision);
  }, 120_000);

  it("tells a monitor that no worker answers for once more: nobody can say what it runs", async () => {
    const before = await tellings();
    const letGo = await installation.holdUp();
    try {
      process.kill(await installation.pid("worker"), "SIGKILL");
      expect(await applied("20s")).toMatchObject({ reconfigured: [MONITOR], unchanged: [] });
      expect(await tellings()).toBe(before + 1);
    } finally {
      letGo();
    }
  }, 120_000);

  it("has put owner and runbook where the Temporal UI shows them", async () => {
    await target.refuse();
    await hook.waitFor((delivery) => kindOf(delivery) === "firing", 90_000);
    const memo = async (workflowId: string): Promise<unknown> =>
      (await temporal.client.workflow.getHandle(workflowId).describe()).memo;
    expect(await memo("incident:shop/api")).toEqual({
      owner: "platform",
      runbook: "https://runbooks.example/api",
    });
    expect(await memo(MONITOR)).toEqual({ owner: "platform" });
  }, 120_000);

  it("lists the end that is owed under the settings before, by which it is then told", async () => {
    const { revision } = await applied("20s");
    const page = await hook.waitFor((delivery) => kindOf(delivery) === "firing", 1_000);
    const { incident } = dataOf(page);
    const { stdout } = await apply("25s");
    expect(stdout).toContain("still owed under earlier settings:\n");
    expect(stdout).toMatch(new RegExp(`^${incident} +hook +end +${revision}$`, "m"));
    const { stillOwed } = await applied("25s");
    expect(stillOwed).toEqual({
      owed: [{ incident, notifier: "hook", owed: "end", revision }],
      unanswered: [],
    });
    await target.answer(200);
    const end = await hook.waitFor((delivery) => kindOf(delivery) === "resolved", 90_000);
    expect(dataOf(end).incident).toBe(incident);
    expect((await applied("25s")).stillOwed).toEqual({ owed: [], unanswered: [] });
  }, 240_000);
});
