import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { Client, Connection } from "@temporalio/client";
import { historyFromJSON } from "@temporalio/common/lib/proto-utils.js";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { hostname } from "node:os";
import { recordHistory } from "../../scripts/record-history.js";
import { packageRoot } from "../../src/lib/package-root.js";
import { startOnServer } from "../support/harness-workflows/on-server.js";
import { HARNESS_WORKFLOWS } from "../support/harness-workflows/start.js";
import { startTemporalServer, type TestTemporalServer } from "../support/temporal-server.js";
import { workflowBundle } from "../support/workflow-bundle.js";

jest.setTimeout(120_000);

let server: TestTemporalServer;
let connection: Connection;
let native: NativeConnection;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  server = await startTemporalServer({ searchAttributes: { TocsinState: "Keyword" } });
  connection = await Connection.connect({ address: server.address });
  native = await NativeConnection.connect({ address: server.address });
});

afterAll(async () => {
  await connection.close();
  await native.close();
  await Runtime.instance().shutdown();
  await server.stop();
});

describe("a history recorded from a server", () => {
  it.each([
    { state: "running", steps: [], events: 7 },
    { state: "finished", steps: [{ signal: "acknowledge", payload: { by: "eve" } }], events: 14 },
  ])(
    "can be replayed when the workflow is $state, and names no machine",
    async ({ state, steps, events }) => {
      const client = new Client({ connection });
      const run = await startOnServer(client, native, state, { type: "doorbell", steps });
      try {
        await run.reaches(7);
        for (const step of steps) await run.take(step);
        await run.reaches(events);
        const { address, namespace } = server;
        const json = await recordHistory({ address, namespace, workflowId: state });
        expect(json).not.toContain(packageRoot);
        expect(json).not.toContain(`@${hostname()}`);
        const history = historyFromJSON(JSON.parse(json));
        expect(history.events).toHaveLength(events);
        const { code } = await workflowBundle(HARNESS_WORKFLOWS);
        await Worker.runReplayHistory({ workflowBundle: { code } }, history, state);
      } finally {
        await run.stop();
      }
    },
  );
});
