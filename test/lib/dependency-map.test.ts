import { describe, expect, it } from "@jest/globals";

import { dependencyMap, stateOfObject } from "../../src/lib/dependency-map.js";
import type { Json } from "../../src/lib/json-path.js";
import { stateOfWord } from "../../src/lib/status-word.js";

const good = { outcome: "good" };
const bad = (detail: string) => ({ outcome: "bad", detail });
const degraded = (detail: string) => ({ outcome: "degraded", detail });

describe("a map of dependencies", () => {
  it.each<[string, Json, object]>([
    [
      "strings by name",
      { checks: { database: "ok", redis: "error" } },
      { database: good, redis: bad("error") },
    ],
    [
      "a message beside the strings, which belongs to what is not well",
      { status: "error", checks: { database: "error", cache: "ok", detail: "timeout" } },
      { database: bad("error (timeout)"), cache: good },
    ],
    [
      "booleans",
      { dependencies: { database: true, redis: false } },
      { database: good, redis: bad("not ok") },
    ],
    [
      "objects with a status and a message",
      { components: { db: { status: "UP" }, disk: { status: "OUT_OF_SERVICE", error: "full" } } },
      { db: good, disk: bad("OUT_OF_SERVICE (full)") },
    ],
    [
      "objects with an ok and an HTTP status",
      { checks: { control_plane: { ok: true, status: 200 }, dashboard: { ok: false, status: 502 } } },
      { control_plane: good, dashboard: bad("not ok") },
    ],
    [
      "objects that are well by their status and do not run",
      { services: [{ name: "agent-runner", status: "ok", workers: 0, running: false }] },
      { "agent-runner": bad("not running") },
    ],
    [
      "objects with an HTTP status alone",
      { checks: { a: { status: 204 }, b: { status: 503, message: "draining" } } },
      { a: good, b: bad("503 (draining)") },
    ],
    [
      "a list of named items",
      {
        services: [
          { name: "inference-engine", status: "degraded", details: "slow" },
          { id: "sandbox", status: "healthy" },
          { agent_id: "a7", alive: false, error: "exit 1" },
        ],
      },
      { "inference-engine": degraded("degraded (slow)"), sandbox: good, a7: bad("not alive (exit 1)") },
    ],
    [
      "a doctor's list with severities, messages and advice",
      {
        checks: [
          {
            id: "cgroup",
            severity: "danger",
            status: "failed",
            message: "no cgroup root",
            user_action: "mount it",
          },
          { id: "audit", severity: "info", status: "passed" },
          { id: "disk", status: "warning", user_action: "free some" },
        ],
      },
      { cgroup: bad("failed (no cgroup root)"), audit: good, disk: degraded("warning (free some)") },
    ],
    ["an envelope", { ok: true, data: { checks: { redis: "ok" } } }, { redis: good }],
    [
      "lists of measurements by name, the worst of which counts",
      { checks: { "db:time": [{ status: "pass" }, { status: "warn" }] } },
      { "db:time": degraded("warn") },
    ],
    [
      "a word nobody knows, which says nothing",
      { services: { vault: "percolating" } },
      { vault: { outcome: "unknown", detail: "percolating" } },
    ],
    ["a word nobody knows beside an ok", { checks: { a: { status: "percolating", ok: true } } }, { a: good }],
    [
      "things that say nothing of themselves",
      { services: 3, checks: { count: 4, nested: { locked: true } } },
      {},
    ],
    ["plain lists", { services: ["a", "b"], checks: [] }, {}],
    ["no object at all", "OK", {}],
    [
      "places of both kinds together",
      { checks: { a: "ok" }, components: { b: "down" } },
      { a: good, b: bad("down") },
    ],
  ])("reads %s", (_, answer, expected) => {
    expect(dependencyMap(answer)).toEqual(expected);
  });

  it("is looked for where it is told, and nowhere else", () => {
    const answer: Json = {
      checks: { a: "down" },
      sidecars: [{ name: "memory", ok: false, error: "refused" }],
    };
    expect(dependencyMap(answer, ["$.sidecars"])).toEqual({ memory: bad("not ok (refused)") });
    expect(dependencyMap(answer, [])).toEqual({});
  });

  it("keeps the worst of two things with one name", () => {
    const checks = [
      { name: "a", ok: false },
      { name: "a", ok: true },
    ];
    expect(dependencyMap({ checks })).toEqual({ a: bad("not ok") });
  });

  it("is bounded, whatever the answer", () => {
    const checks = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`c${n}`, "down"]));
    const parts = dependencyMap({ checks: { ...checks, long: { ok: false, error: "x".repeat(9_999) } } });
    expect(Object.keys(parts)).toHaveLength(100);
    const [one] = Object.values(dependencyMap({ checks: { long: { ok: false, error: "x".repeat(9_999) } } }));
    expect(Buffer.byteLength(one?.detail ?? "")).toBeLessThanOrEqual(200);
  });

  it("takes no name for a prototype", () => {
    const parts = dependencyMap(JSON.parse('{"checks":{"__proto__":"down","constructor":"ok"}}') as Json);
    expect(Object.keys(parts).sort()).toEqual(["__proto__", "constructor"]);
  });
});

describe("an answer about itself", () => {
  it.each<[string, Readonly<Record<string, Json>>, object | undefined]>([
    [
      "ready: false beats a good word",
      { status: "ok", ready: false, reason: "starting" },
      bad("not ready (starting)"),
    ],
    [
      "not ready",
      { status: "not ready", reason: "startup_incomplete" },
      bad("not ready (startup_incomplete)"),
    ],
    ["degraded", { status: "degraded" }, degraded("degraded")],
    ["critical", { status: "critical" }, bad("critical")],
    ["healthy", { status: "healthy", uptime_seconds: 3 }, good],
    ["nothing", { version: "1" }, undefined],
    ["a status that is an object", { status: { code: 3 } }, undefined],
  ])("says %s", (_, answer, expected) => {
    expect(stateOfObject(answer)).toEqual(expected);
  });
});

describe("a status word", () => {
  it.each([
    ["pass", "good"],
    ["Passed", "good"],
    ["OK", "good"],
    ["healthy", "good"],
    ["warn", "degraded"],
    ["WARNING", "degraded"],
    ["degraded", "degraded"],
    ["pending", "degraded"],
    ["fail", "bad"],
    ["failed", "bad"],
    ["error", "bad"],
    ["unavailable", "bad"],
    ["not-ready", "bad"],
    [" Out Of Service ", "bad"],
    ["purple", "unknown"],
    ["", "unknown"],
    ["constructor", "unknown"],
  ])("%p is %s", (word, state) => {
    expect(stateOfWord(word)).toBe(state);
  });
});
