import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { startTemporalServer, type TestTemporalServer } from "../support/temporal-server.js";

jest.setTimeout(120_000);

describe("the Temporal server of the integration tests", () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function start(options: Parameters<typeof startTemporalServer>[0]): Promise<TestTemporalServer> {
    const server = await startTemporalServer(options);
    cleanups.push(() => server.stop());
    return server;
  }

  async function client({ address, namespace }: TestTemporalServer): Promise<Client> {
    const connection = await Connection.connect({ address });
    cleanups.push(() => connection.close());
    return new Client({ connection, namespace });
  }

  it("serves its namespace with the search attributes that were asked for", async () => {
    const server = await start({ namespace: "house", searchAttributes: { TocsinState: "Keyword" } });
    const { connection } = await client(server);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: "house",
    });
    expect(Object.keys(customAttributes)).toContain("TocsinState");
    const page = await fetch(`http://127.0.0.1:${server.uiPort}/`);
    expect(page.status).toBe(200);
  });

  it("keeps on its file what it was told before it was killed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tocsin-test-"));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    const server = await start({ databaseFile: join(folder, "temporal.db") });
    const before = await client(server);
    await before.workflow.start("nobody", { taskQueue: "nobody", workflowId: "kept" });
    const { pid } = server;
    await server.kill();
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    await server.restart();
    const after = await client(server);
    const { status } = await after.workflow.getHandle("kept").describe();
    expect(status.name).toBe("RUNNING");
  });

  it("says what the server said when it does not start", async () => {
    const gone = startTemporalServer({ databaseFile: "/nowhere/at/all.db" });
    await expect(gone).rejects.toThrow(/the Temporal server ended[^]*nowhere/);
  });
});
