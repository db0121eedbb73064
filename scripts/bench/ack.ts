/** Acknowledging: an update's round trip, and from a signal to the message that tells everybody who has it. */

import { Client, Connection } from "@temporalio/client";

import { startBenchInstallation } from "./installation.js";
import { pagingConfig } from "./paging-config.js";
import { quantiles } from "./quantiles.js";
import { startSink } from "./sink.js";
import { startSwitchTarget } from "./switch-target.js";

const INCIDENTS = 50;

const sink = await startSink();
const targets = await Promise.all(Array.from({ length: INCIDENTS }, () => startSwitchTarget()));
const urls = targets.map(({ url }) => url);
const installation = await startBenchInstallation(
  pagingConfig({ urls, hook: sink.url, everySeconds: 5, forSeconds: 5 }),
);
const connection = await Connection.connect({ address: installation.temporal });
const client = new Client({ connection, namespace: installation.namespace });
try {
  await Promise.all(targets.map((target) => target.refuse()));
  await sink.waitFor("firing", INCIDENTS, 120_000);
  const updates: number[] = [];
  const toSink: number[] = [];
  for (let index = 0; index < INCIDENTS; index += 1) {
    const handle = client.workflow.getHandle(`incident:bench/t${index}`);
    const startedAt = performance.now();
    if (index % 2 === 0) {
      await handle.executeUpdate("acknowledge", { args: [{ by: "bench" }] });
      updates.push(performance.now() - startedAt);
    } else {
      const sentAt = Date.now();
      await handle.signal("acknowledge", { by: "bench" });
      const told = await sink.waitFor("acknowledged", index + 1, 30_000);
      toSink.push((told.find(({ service }) => service === `bench/t${index}`)?.at ?? sentAt) - sentAt);
    }
  }
  process.stdout.write(
    `${JSON.stringify({ incidents: INCIDENTS, updateMs: quantiles(updates), signalToSinkMs: quantiles(toSink) })}\n`,
  );
} finally {
  await connection.close();
  await installation.close();
  await Promise.all(targets.map((target) => target.close()));
  await sink.close();
}
