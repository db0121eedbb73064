import { describe, expect, it } from "@jest/globals";

import { httpCheckBench } from "../support/http-check-bench.js";

const { target, probe, only } = httpCheckBench();

describe("lifting", () => {
  const answer = {
    body: {
      pending: 3,
      workers: [
        { agent_id: "a1", alive: true, probe: { latency_ms: 4 } },
        { agent_id: "a2", alive: false, error: "exit 1" },
        { agent_id: "a1", alive: true },
      ],
      pools: { main: { used: 7 }, spare: { used: 1 } },
    },
  };

  it("takes named values out of a JSON answer", async () => {
    const { url } = await target(answer);
    const lift = { fields: { pending: "$.pending", first: "workers[0].agent_id" } };
    expect((await only({ url }, { lift })).fields).toMatchObject({ pending: 3, first: "a1", status: 200 });
  });

  it("is unknown when the answer does not hold what is to be lifted", async () => {
    const { url } = await target({ body: "OK" });
    const reading = await only({ url }, { lift: { fields: { pending: "$.pending" } } });
    expect(reading).toMatchObject({ outcome: "unknown", reason: "answered 200; not JSON" });
  });

  it("makes a subject of every item of a list, by name, and says how each is", async () => {
    const { url } = await target(answer);
    const lift = { fields: {}, each: { path: "$.workers", fields: { ms: "probe.latency_ms" } } };
    expect(await probe({ url }, { lift })).toEqual([
      { outcome: "good", subject: "a1", fields: { ms: 4 } },
      { outcome: "bad", subject: "a2", reason: "not alive (exit 1)", fields: {} },
      { outcome: "good", subject: "a1#2", fields: {} },
    ]);
  });

  it("makes a subject of every entry of a map", async () => {
    const { url } = await target(answer);
    const lift = { fields: {}, each: { path: "pools", fields: { used: "used" } } };
    const readings = await probe({ url }, { lift });
    expect(readings.map(({ subject, fields }) => [subject, fields])).toEqual([
      ["main", { used: 7 }],
      ["spare", { used: 1 }],
    ]);
  });

  it("is one reading of the whole when the target fails or has no such list", async () => {
    const { url } = await target({ ...answer, status: 503 });
    const lift = { fields: {}, each: { path: "$.workers", fields: {} } };
    expect(await only({ url }, { lift })).toMatchObject({ outcome: "bad" });
    const other = await target({ body: { workers: 3 } });
    expect(await only({ url: other.url }, { lift })).toMatchObject({
      outcome: "unknown",
      reason: "answered 200; no list or map at $.workers",
    });
  });
});
