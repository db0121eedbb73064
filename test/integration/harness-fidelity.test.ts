import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { Client, Connection } from "@temporalio/client";
import { defaultPayloadConverter } from "@temporalio/common";
import { temporal } from "@temporalio/proto";
import { DefaultLogger, NativeConnection, Runtime } from "@temporalio/worker";
import { answerOf, startOnServer } from "../support/harness-workflows/on-server.js";
import { scenarios } from "../support/harness-workflows/scenarios.js";
import { startHarnessWorkflow } from "../support/harness-workflows/start.js";
import { startTemporalServer, type TestTemporalServer } from "../support/temporal-server.js";

jest.setTimeout(120_000);

let server: TestTemporalServer;
let client: Client;
let native: NativeConnection;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  server = await startTemporalServer({ searchAttributes: { TocsinState: "Keyword" } });
  client = new Client({ connection: await Connection.connect({ address: server.address }) });
  native = await NativeConnection.connect({ address: server.address });
});

afterAll(async () => {
  await client.connection.close();
  await native.close();
  await Runtime.instance().shutdown();
  await server.stop();
});

function eventNames({ events }: temporal.api.history.v1.IHistory): readonly string[] {
  return (events ?? []).map((event) => {
    const name = temporal.api.enums.v1.EventType[event.eventType ?? 0] ?? "";
    const ended = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
    const why = ended ? ` ${temporal.api.enums.v1.RetryState[ended.retryState ?? 0] ?? ""}` : "";
    return name.replace("EVENT_TYPE_", "").toLowerCase() + why;
  });
}

/** As the server weighs it. */
function encodedBytes({ events }: temporal.api.history.v1.IHistory): number {
  const { HistoryEvent } = temporal.api.history.v1;
  const sizes = (events ?? []).map(
    (event) => HistoryEvent.encode(HistoryEvent.fromObject(event)).finish().length,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

describe("the harness and a real server", () => {
  it.each(Object.entries(scenarios))("leave the same history of %s", async (name, scenario) => {
    const onServer = await startOnServer(client, native, name, scenario);
    try {
      const wf = await startHarnessWorkflow({ ...scenario, taskQueue: name, workflowId: name });
      const events = (): number => wf.runs.reduce((sum, run) => sum + run.events, 0);
      const answers: Promise<string>[] = [];
      await onServer.reaches(events());
      for (const step of scenario.steps) {
        if ("signal" in step) await wf.signal(step.signal, step.payload);
        else if ("advanceMs" in step) await wf.advance(step.advanceMs);
        else {
          answers.push(answerOf(wf.update(step.update, step.payload, step.id)));
          await wf.settle();
        }
        await onServer.take(step);
        await onServer.reaches(events());
      }
      const histories = await onServer.histories();
      expect(histories.map(eventNames)).toEqual(wf.runs.map(({ history }) => eventNames(history)));
      expect(await onServer.answers()).toEqual(await Promise.all(answers));
      for (const [index, run] of wf.runs.entries()) {
        const ratio = run.historyBytes / encodedBytes(histories[index] ?? {});
        expect(ratio).toBeGreaterThan(0.8);
        expect(ratio).toBeLessThan(1.2);
      }
    } finally {
      await onServer.stop();
    }
  });

  it("refuse an end alike while a signal has not been heard", async () => {
    const name = "an end that is refused";
    const onServer = await startOnServer(client, native, name, { type: "pondering", steps: [] });
    try {
      await onServer.reaches(4);
      await onServer.take({ signal: "note", payload: "early" });
      await onServer.reaches(8);
      await onServer.take({ signal: "end" });
      // Started but not completed: the worker is thinking now.
      await onServer.reaches(11);
      await onServer.take({ signal: "note", payload: "late" });
      await onServer.reaches(17);
      const [history = {}] = await onServer.histories();

      const wf = await startHarnessWorkflow({ type: "pondering", taskQueue: name, workflowId: name });
      await wf.signal("note", "early");
      wf.signalAt("duringClosingTask", "note", "late");
      await wf.signal("end");
      expect(wf.result).toEqual(["early", "late"]);
      expect(eventNames(history)).toEqual(eventNames(wf.books.history));
      expect(resultOf(history)).toEqual(wf.result);
    } finally {
      await onServer.stop();
    }
  });
});

function resultOf({ events }: temporal.api.history.v1.IHistory): unknown {
  const payload = events?.at(-1)?.workflowExecutionCompletedEventAttributes?.result?.payloads?.[0];
  return payload && defaultPayloadConverter.fromPayload(payload);
}
