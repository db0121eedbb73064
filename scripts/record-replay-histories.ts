/**
 * Lets a whole Tocsin live through one incident on a real server and writes what it leaves in the histories of both workflows, for
 * the replay tests: `node dist/scripts/record-replay-histories.js [--out test/replay/histories]`. Takes about a minute. Files are
 * named by version: once a version is out, its files stay as long as workflows of it may run.
 */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pass } from "node:timers/promises";
import { parseArgs } from "node:util";

import { Client, Connection } from "@temporalio/client";

import { packageRoot } from "../src/lib/package-root.js";
import { recordHistory } from "./record-history.js";

const MONITOR = "monitor:shop";
const INCIDENT = "incident:shop/checkout";
const PATIENCE_MS = 180_000;
const POLL_MS = 100;
/** Enough comments for an incident to continue as new. */
const COMMENTS = 120;

interface Stage {
  readonly client: Client;
  /** What the target answers from now on. */
  readonly answer: (status: number) => void;
  /** Writes the newest run of a workflow, or another one, under this name. */
  readonly keep: (name: string, workflowId: string, runId?: string) => Promise<void>;
}

async function play({ client, answer, keep }: Stage): Promise<void> {
  const incident = client.workflow.getHandle(INCIDENT);
  const monitorIs = (state: string): Promise<void> =>
    until(`the monitor is ${state}`, async () => (await stateOf(client, MONITOR)) === state);
  const incidentIs = (state: string): Promise<void> =>
    until(`the incident is ${state}`, async () => (await stateOf(client, INCIDENT)) === state);

  await monitorIs("good");
  answer(503);
  await monitorIs("pending");
  await keep("monitor-pending", MONITOR);
  await monitorIs("firing");
  await incidentIs("open");
  await until("the second step is told", async () => (await timelineOf(client)).includes("lead"));
  await keep("monitor-firing", MONITOR);
  await keep("incident-firing", INCIDENT);
  await incident.signal("acknowledge", { by: "ada", note: "looking" });
  await incident.executeUpdate("comment", { args: [{ by: "ada", text: "restarting it" }] });
  await incidentIs("acknowledged");
  await keep("incident-acknowledged", INCIDENT);
  for (let number = 1; number <= COMMENTS; number += 1) {
    await incident.executeUpdate("comment", { args: [{ by: "ada", text: `step ${number}` }] });
  }
  await until("the incident has continued as new", async () => (await runsOf(client, INCIDENT)).length > 1);
  await keep("incident-continued", INCIDENT, (await runsOf(client, INCIDENT))[0]);
  answer(200);
  await until("the incident is over", async () => (await incident.describe()).status.name === "COMPLETED");
  await keep("incident-resolved", INCIDENT);
  await until("the monitor has continued as new", async () => (await runsOf(client, MONITOR)).length > 1);
  await keep("monitor-continued", MONITOR, (await runsOf(client, MONITOR))[0]);
  await until("the monitor sweeps on", async () => (await lengthOf(client, MONITOR)) > 60);
  await keep("monitor-resolved", MONITOR);
}

async function stateOf(client: Client, workflowId: string): Promise<string> {
  const status = await client.workflow.getHandle(workflowId).query<{ readonly state: string }>("status");
  return status.state;
}

async function timelineOf(client: Client): Promise<string> {
  return JSON.stringify(await client.workflow.getHandle(INCIDENT).query("timeline"));
}

async function lengthOf(client: Client, workflowId: string): Promise<number> {
  return (await client.workflow.getHandle(workflowId).describe()).historyLength;
}

/** Run ids, oldest first. */
async function runsOf(client: Client, workflowId: string): Promise<readonly string[]> {
  const runs: { readonly runId: string; readonly startTime: Date }[] = [];
  for await (const run of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) runs.push(run);
  return runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime()).map(({ runId }) => runId);
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  let last = "";
  while (Date.now() < giveUpAt) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = String(error);
    }
    await pass(POLL_MS);
  }
  throw new Error(`after ${PATIENCE_MS / 1000} s it is still not so that ${what}. ${last}`);
}

function configuration(target: string, hook: string): string {
  return `tocsin: 1
defaults: { every: 1s, timeout: 900ms, recover_for: 3s, recover_after: 2 }
notifiers:
  hook: { type: webhook, url: "${hook}", allow_private: true }
  lead: { type: webhook, url: "${hook}", allow_private: true }
policies:
  default:
    critical: [ { notify: [hook] }, { after: 3s, notify: [lead] } ]
systems:
  shop:
    owner: platform
    services:
      checkout:
        checks:
          ready:
            type: http
            url: ${target}
            alerts:
              not-ready: { for: 5s, severity: critical, action: Mend it., runbook: "https://runbooks.example/checkout" }
`;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

interface Ready {
  readonly temporal: string;
  readonly namespace: string;
}

async function startUp(dir: string): Promise<{ readonly up: ChildProcess; readonly ready: Ready }> {
  const args = ["--json", "--config", join(dir, "tocsin.yaml"), "--dir", join(dir, "state")];
  const up = spawn(join(packageRoot, "scripts", "up"), args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(up, "exit").then(([code]) => {
    throw new Error(`up ended with ${String(code)}`);
  });
  const [line] = (await Promise.race([once(createInterface({ input: up.stdout }), "line"), ended])) as [
    string,
  ];
  ended.catch(() => undefined);
  return { up, ready: JSON.parse(line) as Ready };
}

async function ownVersion(): Promise<string> {
  const text = await readFile(join(packageRoot, "package.json"), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { out: { type: "string", default: join(packageRoot, "test", "replay", "histories") } },
  });
  await mkdir(values.out, { recursive: true });
  let status = 200;
  const target = createServer((_request, response) => response.writeHead(status).end());
  const hook = createServer((request, response) => {
    request.resume();
    response.writeHead(204).end();
  });
  // PostgreSQL may run as another user, who has to be able to enter.
  const dir = await mkdtemp(join(tmpdir(), "tocsin-"));
  await chmod(dir, 0o755);
  await writeFile(join(dir, "tocsin.yaml"), configuration(await listen(target), await listen(hook)));
  const { up, ready } = await startUp(dir);
  const connection = await Connection.connect({ address: ready.temporal });
  try {
    await play({
      client: new Client({ connection, namespace: ready.namespace }),
      answer: (next) => {
        status = next;
      },
      keep: async (name, workflowId, runId) => {
        const recording = { address: ready.temporal, namespace: ready.namespace, workflowId };
        const json = await recordHistory(runId === undefined ? recording : { ...recording, runId });
        const text = `${JSON.stringify(JSON.parse(json))}\n`;
        await writeFile(join(values.out, `${await ownVersion()}-${name}.json`), text);
        process.stdout.write(`${name}: ${Math.round(text.length / 1024)} KiB\n`);
      },
    });
  } finally {
    await connection.close();
    const gone = once(up, "exit");
    up.kill("SIGINT");
    await gone;
    target.close();
    hook.close();
    await rm(dir, { recursive: true, force: true });
  }
}

await main();
