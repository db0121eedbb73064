import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Client } from "@temporalio/client";

import { openInstallation } from "../../src/cli/installation.js";
import type { ServiceId } from "../../src/domain/ids.js";
import type { SchedulePlan } from "../../src/domain/plan.js";
import { connectTemporal } from "../../src/temporal/connection.js";
import type { TemporalClient } from "../../src/temporal/connection.js";
import { operations } from "../../src/temporal/operations.js";
import { ensureSchedules } from "../../src/temporal/schedules.js";
import { controlQueue, incidentWorkflowId, monitorWorkflowId, scheduleId } from "../../workflows/names.js";
import { run, type Ran } from "../cli/world-installation.js";
import { startTemporalServer, type TestTemporalServer } from "../support/temporal-server.js";

/** A real server and no worker at all: what the command line can and cannot do then. */
const PREFIX = "cli-";
const DOCTOR: SchedulePlan = { name: "doctor", everyMs: 300_000 };
const HOUSEKEEPING: SchedulePlan = { name: "housekeeping", cron: "17 3 * * *", timezone: "Europe/Berlin" };

let server: TestTemporalServer;
let temporal: TemporalClient;
let client: Client;
let cwd: string;

beforeAll(async () => {
  server = await startTemporalServer();
  temporal = await connectTemporal(server);
  client = temporal.client;
  cwd = mkdtempSync(join(tmpdir(), "tocsin-cli-"));
}, 120_000);

afterAll(async () => {
  await temporal.close();
  await server.stop();
  rmSync(cwd, { recursive: true });
}, 60_000);

function tocsin(...argv: readonly string[]): Promise<Ran> {
  return run(
    [...argv, "--address", server.address, "--namespace", server.namespace, "--prefix", PREFIX],
    openInstallation,
    {
      cwd,
      now: () => Date.now(),
    },
  );
}

async function starts(type: string, workflowId: string): Promise<void> {
  await client.workflow.start(type, { workflowId, taskQueue: controlQueue(PREFIX), args: [{}] });
}

async function signalsOf(workflowId: string): Promise<readonly string[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap((event) => {
    const { workflowExecutionSignaledEventAttributes: signal } = event;
    if (!signal) return [];
    const data = signal.input?.payloads?.[0]?.data;
    return [`${signal.signalName ?? ""} ${data ? Buffer.from(data).toString() : ""}`];
  });
}

/** Waits for the server's list to know a workflow: it lags a moment behind. */
async function listed(find: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while (!(await find())) {
    if (performance.now() > giveUpAt) throw new Error("the server does not list it");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("schedules", () => {
  it("are created, left alone when nothing changed, updated, and deleted when they are switched off", async () => {
    const apply = (...plans: readonly SchedulePlan[]) => ensureSchedules(client, PREFIX, plans);
    expect(await apply(DOCTOR, HOUSEKEEPING)).toEqual([
      { name: "doctor", done: "created" },
      { name: "housekeeping", done: "created" },
    ]);
    expect(await apply(DOCTOR, HOUSEKEEPING)).toEqual([
      { name: "doctor", done: "unchanged" },
      { name: "housekeeping", done: "unchanged" },
    ]);
    expect(await apply({ ...DOCTOR, everyMs: 600_000 })).toEqual([
      { name: "doctor", done: "updated" },
      { name: "housekeeping", done: "deleted" },
    ]);
    const { spec, policies, action } = await client.schedule
      .getHandle(scheduleId(PREFIX, "doctor"))
      .describe();
    expect(spec.intervals?.[0]?.every).toBe(600_000);
    expect(policies).toMatchObject({ overlap: "SKIP", catchupWindow: 60_000 });
    expect(action).toMatchObject({
      workflowType: "doctor",
      taskQueue: controlQueue(PREFIX),
      args: [{ prefix: PREFIX }],
    });
    expect(action.workflowRunTimeout).toBe(500_000);
  }, 60_000);

  it("keep an operator's pause and its reason when a configuration is applied again", async () => {
    await ensureSchedules(client, PREFIX, [DOCTOR]);
    expect((await tocsin("schedules", "pause", "doctor", "--reason", "too chatty")).out).toBe(
      "doctor: paused\n",
    );
    await ensureSchedules(client, PREFIX, [{ ...DOCTOR, everyMs: 900_000 }]);
    const { out } = await tocsin("schedules", "list");
    expect(out).toMatch(/^doctor +paused +every 15m +never +- +0 +paused by ada: too chatty$/m);
    expect((await tocsin("schedules", "resume", "doctor")).out).toBe("doctor: resumed\n");
    expect((await tocsin("schedules", "list")).out).toMatch(/^doctor +waiting +every 15m/m);
  }, 60_000);

  it("run beside their times when asked to", async () => {
    await ensureSchedules(client, PREFIX, [DOCTOR]);
    expect((await tocsin("schedules", "trigger", "doctor")).out).toBe("doctor: started\n");
    await listed(async () => {
      const { data } = JSON.parse((await tocsin("schedules", "list", "--json")).out) as {
        readonly data: readonly { readonly taken: number }[];
      };
      return data[0]?.taken === 1;
    });
  }, 60_000);

  it("that are not there are refused", async () => {
    await ensureSchedules(client, PREFIX, []);
    const { err, exit } = await tocsin("schedules", "pause", "housekeeping");
    expect(exit).toBe(2);
    expect(err).toContain("error CLI-009: there is no schedule 'housekeeping'");
    expect((await tocsin("schedules", "list")).err).toContain("there are no schedules");
  }, 60_000);
});

describe("doctor while no worker runs", () => {
  it("examines from this shell at once, says so, and leaves no question behind", async () => {
    const { out, err, exit } = await tocsin("doctor", "--database", "postgresql://127.0.0.1:1/none");
    expect(exit).toBe(1);
    expect(err).toBe("no worker answers: this is what can be seen from this shell\n");
    expect(out).toMatch(/^fail +workers +cli-tocsin: no worker polls it/m);
    const asked = client.workflow.list({ query: "WorkflowType = 'doctor' AND ExecutionStatus = 'Running'" });
    for await (const { workflowId } of asked) expect(workflowId).not.toMatch(/^cli-tocsin:doctor:/);
  }, 60_000);
});

describe("a command while no worker runs", () => {
  const service = "shop/api" as ServiceId;
  const workflowId = incidentWorkflowId(PREFIX, service);

  beforeAll(async () => {
    await starts("incident", workflowId);
    await starts("monitor", monitorWorkflowId(PREFIX, "shop", 1));
    const running = operations(client, PREFIX);
    await listed(
      async () => (await running.listIncidents()).length === 1 && (await running.listMonitors()).length === 1,
    );
  }, 60_000);

  it("lies in the history as one signal that says who gave it, under an id of its own", async () => {
    expect(await tocsin("ack", "--note", "looking")).toEqual({
      out: "",
      err: "shop/api: no worker answered: sent as a signal, it will be honoured when one is back\n",
      exit: 0,
    });
    const signals = await signalsOf(workflowId);
    expect(signals).toHaveLength(1);
    expect(signals[0]).toMatch(/^acknowledge \{"by":"ada","command_id":"[0-9a-f-]{36}","note":"looking"\}$/);
  }, 60_000);

  it("reaches the monitor of a service although no configuration is known here", async () => {
    expect((await tocsin("pause", "shop/api", "--for", "10m")).err).toContain("sent as a signal");
    const [signal] = await signalsOf(monitorWorkflowId(PREFIX, "shop", 1));
    expect(signal).toMatch(/^pause \{.*"for":"10m","service":"api"\}$/);
  }, 60_000);

  it("leaves status blind, which names the system", async () => {
    const { out, exit } = await tocsin("status");
    expect(exit).toBe(1);
    expect(out).toMatch(/^BLIND: no worker answers for shop: nothing is judged until one is back\.$/m);
  }, 60_000);

  it("says that nothing is open for what has ended", async () => {
    await client.workflow.getHandle(workflowId).terminate("over");
    const { err, exit } = await tocsin("ack", "shop/api");
    expect(exit).toBe(1);
    expect(err).toContain("error CLI-003: no incident is open for shop/api");
    await client.workflow.getHandle(monitorWorkflowId(PREFIX, "shop", 1)).terminate("over");
    expect((await tocsin("pause", "shop/api")).err).toContain("error CLI-005: no monitor runs for shop");
  }, 60_000);
});

describe("a server that is not there", () => {
  it("is TMP-001 and exit code 3 for every command that needs it", async () => {
    const { err, exit } = await run(["ack", "--address", "127.0.0.1:1"], openInstallation, { cwd });
    expect(exit).toBe(3);
    expect(err).toMatch(/^error TMP-001: no Temporal server answers at 127\.0\.0\.1:1/);
  }, 60_000);

  it("whose namespace is not there is TMP-002", async () => {
    const argv = ["alerts", "--address", server.address, "--namespace", "nowhere"];
    const { err, exit } = await run(argv, openInstallation, { cwd });
    expect(exit).toBe(3);
    expect(err).toMatch(/^error TMP-002: namespace 'nowhere'/);
  }, 60_000);
});
