import { describe, expect, it } from "@jest/globals";

import { httpCheckBench, type TargetAnswer } from "../support/http-check-bench.js";

const { target, only } = httpCheckBench();

describe("what an http check expects", () => {
  it.each<[string, object, TargetAnswer, string | undefined]>([
    ["200 unless told otherwise", {}, { status: 204 }, "answered 204"],
    ["one status", { status: 204 }, { status: 204 }, undefined],
    ["a list of statuses", { status: [200, 204] }, { status: 204 }, undefined],
    ["a class of statuses", { status: "2xx" }, { status: 204 }, undefined],
    [
      "statuses and says which",
      { status: [200, "3xx"] },
      { status: 404 },
      "answered 404 (expected 200, 3xx)",
    ],
    [
      "no redirect unless told",
      {},
      { status: 301, headers: { location: "/ready/?token=abc" } },
      "answered 301 (redirects to /ready/?…)",
    ],
    ["a text", { contains: "OK" }, { body: "all OK" }, undefined],
    [
      "a text that is missing",
      { contains: "OK" },
      { body: "no" },
      'answered 200; the body does not contain "OK"',
    ],
    [
      "no such text",
      { not_contains: ["Traceback", "error"] },
      { body: "an error" },
      'answered 200; the body contains "error"',
    ],
    [
      "values in JSON",
      { json: { "$.ready": true, "a.b[0]": { c: 1 } } },
      { body: { ready: true, a: { b: [{ c: 1 }] } } },
      undefined,
    ],
    [
      "values in JSON that are not there",
      { json: { "$.state": "up", "$.n": 2, "$.gone": 1 } },
      { body: { state: "odd", n: "2" } },
      'answered 200; $.state is "odd", not "up"; $.n is "2", not 2; $.gone is missing',
    ],
    [
      "JSON where there is none",
      { json: { "$.a": 1 } },
      { body: "<html>" },
      "answered 200; the body is not JSON",
    ],
    [
      "headers, whole or by element",
      {
        headers: {
          "content-type": "application/json",
          "Cache-Control": "no-store",
          "x-a": true,
          "x-b": false,
        },
      },
      {
        headers: {
          "content-type": "application/json; charset=utf-8",
          "cache-control": "no-store, max-age=0",
          "x-a": "",
        },
      },
      undefined,
    ],
    [
      "headers that are otherwise",
      { headers: { "x-v": "1.2", "x-a": true, "x-b": false } },
      { headers: { "x-v": "1.21", "x-b": "1" } },
      'answered 200; header x-v is "1.21", not "1.2"; header x-a is missing; header x-b is present',
    ],
    ["an answer in time", { max_latency: "9s" }, {}, undefined],
    [
      "all of it at once, in one line",
      { contains: "OK", headers: { "x-a": true } },
      { status: 500, body: "no" },
      'answered 500; the body does not contain "OK"; header x-a is missing',
    ],
  ])("is %s", async (_, expected, answer, reason) => {
    const { url } = await target(answer);
    const reading = await only({ url, expect: expected });
    expect(reading.reason).toBe(reason);
    expect(reading.outcome).toBe(reason === undefined ? "good" : "bad");
  });

  it("is an answer within max_latency, the body included", async () => {
    const { url } = await target((_, response) => {
      response.write("a");
      setTimeout(() => response.end("b"), 30);
    });
    const reading = await only({ url, expect: { max_latency: "10ms" } });
    expect(reading).toMatchObject({
      outcome: "bad",
      reason: expect.stringMatching(/^answered 200; took \d+ ms, more than 10 ms$/),
    });
  });

  it("is not looked for beyond max_body, and says so", async () => {
    const headers = { "content-length": "5002" };
    const { url } = await target({ headers, body: `${"x".repeat(5_000)}OK` });
    const reading = await only({ url, max_body: "1KiB", expect: { contains: "OK" } });
    expect(reading).toMatchObject({
      outcome: "bad",
      reason: 'answered 200; the first 1024 characters do not contain "OK"',
      fields: { size_bytes: 5002 },
    });
  });
});

describe("what an answer says of itself", () => {
  it.each<[string, TargetAnswer, object]>([
    [
      "names the parts in trouble beside an unexpected status",
      { status: 503, body: { status: "error", checks: { database: "error", detail: "timeout" } } },
      {
        outcome: "bad",
        reason: "answered 503; database: error (timeout)",
        parts: { database: { outcome: "bad", detail: "error (timeout)" } },
      },
    ],
    [
      "gives the reason where there are no parts",
      { status: 503, body: { status: "not ready", reason: "startup_incomplete" } },
      { outcome: "bad", reason: "answered 503; not ready (startup_incomplete)" },
    ],
    [
      "is degraded by its own word",
      { body: { status: "degraded", services: [{ name: "audit", status: "healthy" }] } },
      { outcome: "degraded", reason: "answered 200; degraded", parts: { audit: { outcome: "good" } } },
    ],
    [
      "is degraded by a part in trouble",
      { body: { status: "ok", components: { redis: { status: "down" }, db: { status: "warn" } } } },
      { outcome: "degraded", reason: "answered 200; redis: down; db: warn" },
    ],
    [
      "is degraded by not being ready in spite of a 200",
      { body: { ready: false, status: "not_ready", reason: "git_unavailable" } },
      { outcome: "degraded", reason: "answered 200; not_ready (git_unavailable)" },
    ],
    [
      "is good with words nobody knows",
      { body: { status: "percolating", checks: { a: "odd" } } },
      { outcome: "good" },
    ],
  ])("%s", async (_, answer, reading) => {
    const { url } = await target(answer);
    expect(await only({ url })).toMatchObject(reading);
  });

  it("is looked for at parts, and its absence there is unknown", async () => {
    const { url } = await target({ body: { sidecars: [{ name: "memory", ok: false, error: "refused" }] } });
    expect(await only({ url, parts: "$.sidecars" })).toMatchObject({
      outcome: "degraded",
      reason: "answered 200; memory: not ok (refused)",
    });
    expect(await only({ url, parts: ["sidecars", "workers"] })).toMatchObject({
      outcome: "unknown",
      reason: "answered 200; nothing at workers",
    });
  });

  it("is left alone with parts: false", async () => {
    const { url } = await target({ body: { checks: { a: "down" } } });
    expect(await only({ url, parts: false })).toMatchObject({ outcome: "good", fields: { parts: {} } });
  });
});
