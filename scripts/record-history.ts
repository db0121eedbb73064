/**
 * Writes the history of one workflow, finished or running, as a file that the replay tests read:
 * `node dist/scripts/record-history.js --address 127.0.0.1:7233 [--namespace default] [--run-id ID] WORKFLOW_ID FILE`
 */

import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { Client, Connection } from "@temporalio/client";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";

import { packageRoot } from "../src/lib/package-root.js";

export interface Recording {
  readonly address: string;
  readonly namespace: string;
  readonly workflowId: string;
  /** The latest run when absent. */
  readonly runId?: string;
}

/** The history as JSON in the form of Temporal's own tools, without the names of the machine it ran on. */
export async function recordHistory(recording: Recording): Promise<string> {
  const { address, namespace, workflowId, runId } = recording;
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace });
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    return `${JSON.stringify(impersonal(JSON.parse(historyToJSON(history))), undefined, 1)}\n`;
  } finally {
    await connection.close();
  }
}

/** Process ids, host names and folders tell nothing and differ on every machine. */
function impersonal(value: unknown, key = ""): unknown {
  if (typeof value === "string") {
    return key === "identity" ? "worker" : value.replaceAll(packageRoot, "").replace(/^\d+@.*/, "sticky");
  }
  if (Array.isArray(value)) return value.map((each) => impersonal(each));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, impersonal(each, name)]));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      address: { type: "string", default: "127.0.0.1:7233" },
      namespace: { type: "string", default: "default" },
      "run-id": { type: "string" },
    },
  });
  const [workflowId, file] = positionals;
  if (workflowId === undefined || file === undefined) {
    process.stderr.write(
      "usage: record-history [--address A] [--namespace N] [--run-id R] WORKFLOW_ID FILE\n",
    );
    process.exitCode = 2;
    return;
  }
  const { address, namespace, "run-id": runId } = values;
  const json = await recordHistory({
    address,
    namespace,
    workflowId,
    ...(runId === undefined ? {} : { runId }),
  });
  await writeFile(file, json);
  process.stdout.write(`${file}: ${Math.round(json.length / 1024)} KiB\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) void main();
