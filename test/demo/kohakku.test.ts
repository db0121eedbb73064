import { describe, expect, test } from "@jest/globals";

import type { Fault } from "../../src/demo/fault.js";
import { controllerAnswer, dispatcherAnswer } from "../../src/demo/kohakku.js";

const ASKED = { host: "127.0.0.1:8000", now: Date.UTC(2026, 0, 31, 9, 5), uptimeMs: 3_725_000 };

function body(text: string): unknown {
  return JSON.parse(text);
}

describe("the Controller", () => {
  test.each<[string, Fault | undefined, number, Readonly<Record<string, unknown>>]>([
    ["/health/", undefined, 200, { status: "ok", checks: { database: "ok" } }],
    ["/ready/", undefined, 200, { status: "ok", checks: { database: "ok", redis: "ok", minio: "ok" } }],
    ["/health/", "503", 503, { status: "error", checks: { database: "error" } }],
    ["/ready/", "503", 503, { status: "error", checks: { database: "error", redis: "ok", minio: "ok" } }],
    ["/health/", "degraded", 200, { status: "ok", checks: { database: "ok" } }],
    ["/ready/", "degraded", 200, { status: "degraded", checks: { database: "ok", minio: "degraded" } }],
  ])("at %s with fault %s answers %i", (path, fault, status, expected) => {
    const answer = controllerAnswer({ ...ASKED, path, fault });
    expect(answer.status).toBe(status);
    expect(body(answer.body)).toMatchObject({
      ...expected,
      service: "kohakku-controller",
      uptime: "1h 2m 5s",
      timestamp: "2026-01-31T09:05:00.000000+00:00",
    });
  });

  test.each(["/health", "/ready"])("sends %s to the path with the slash, as Django does", (path) => {
    const answer = controllerAnswer({ ...ASKED, path, fault: undefined });
    expect(answer).toMatchObject({ status: 301, headers: { location: `${path}/` } });
  });

  test("refuses a host it does not know with 400", () => {
    const asked = { ...ASKED, path: "/health/", fault: undefined };
    expect(controllerAnswer({ ...asked, host: "controller:8000" }).status).toBe(400);
    for (const host of ["localhost:8000", "127.0.0.1", "[::1]:8000"]) {
      expect(controllerAnswer({ ...asked, host }).status).toBe(200);
    }
  });
});

describe("the Dispatcher", () => {
  test.each<[string, Fault | undefined, number, unknown]>([
    ["/health", undefined, 200, { status: "ok", service: "kohakku-dispatcher" }],
    ["/health", "503", 200, { status: "ok", service: "kohakku-dispatcher" }],
    ["/ready", undefined, 200, { status: "ok", checks: { database: "ok", redis: "ok" } }],
    ["/ready", "503", 503, { status: "error", checks: { database: "error", redis: "ok" } }],
    ["/ready", "degraded", 200, { status: "degraded", checks: { database: "ok", redis: "degraded" } }],
  ])("at %s with fault %s answers %i", (path, fault, status, expected) => {
    const answer = dispatcherAnswer({ ...ASKED, path, fault });
    expect(answer.status).toBe(status);
    expect(body(answer.body)).toEqual(expected);
  });

  test("has no trailing slash to forgive", () => {
    expect(dispatcherAnswer({ ...ASKED, path: "/health/", fault: undefined }).status).toBe(404);
  });
});
