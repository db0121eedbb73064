import { describe, expect, test } from "@jest/globals";

import {
  childEnvironment,
  readyLine,
  upRecord,
  type Whereabouts,
} from "../../../src/cli/up/installation-facts.js";

const where: Whereabouts = {
  temporal: "127.0.0.1:7233",
  namespace: "tocsin",
  ui: "http://127.0.0.1:8233",
  api: "http://127.0.0.1:8470",
  workerMetrics: "http://127.0.0.1:8471/metrics",
  databaseUrl: "postgresql://tocsin:hunter2@127.0.0.1:5432/tocsin",
  dir: "/var/lib/tocsin",
  demo: undefined,
};
const pids = { temporal: 1, postgres: null, worker: 3, serve: 4 };

describe("where a running up is", () => {
  test("is one line for scripts, without the store's password", () => {
    expect(readyLine(where, pids)).toBe(
      '{"ready":true,"temporal":"127.0.0.1:7233","namespace":"tocsin","ui":"http://127.0.0.1:8233","api":"http://127.0.0.1:8470","dir":"/var/lib/tocsin","pids":{"temporal":1,"postgres":null,"worker":3,"serve":4},"metrics":["http://127.0.0.1:8470/metrics","http://127.0.0.1:8471/metrics","http://127.0.0.1:8471/metrics/temporal"]}\n',
    );
  });

  test("says null where there is no UI of ours", () => {
    expect(JSON.parse(readyLine({ ...where, ui: undefined }, pids))).toMatchObject({ ui: null });
  });

  test("is kept for other commands with the numbers of those that run", () => {
    expect(JSON.parse(upRecord(where, pids))).toEqual({
      temporal: "127.0.0.1:7233",
      namespace: "tocsin",
      ui: "http://127.0.0.1:8233",
      api: "http://127.0.0.1:8470",
      database: where.databaseUrl,
      pid: process.pid,
      pids: { temporal: 1, worker: 3, serve: 4 },
    });
  });

  test("reaches the children by their environment, on top of what up was given", () => {
    const demo = { controller: 1, dispatcher: 2, sink: 3 };
    expect(childEnvironment({ ...where, demo }, { HOME: "/root", TEMPORAL_ADDRESS: "elsewhere" })).toEqual({
      HOME: "/root",
      TEMPORAL_ADDRESS: "127.0.0.1:7233",
      TEMPORAL_NAMESPACE: "tocsin",
      DATABASE_URL: where.databaseUrl,
      TOCSIN_DIR: "/var/lib/tocsin",
      TOCSIN_UI: "http://127.0.0.1:8233",
      TOCSIN_API_PORT: "8470",
      TOCSIN_DEMO_CONTROLLER: "http://127.0.0.1:1",
      TOCSIN_DEMO_DISPATCHER: "http://127.0.0.1:2",
      TOCSIN_DEMO_SINK: "http://127.0.0.1:3",
    });
  });
});
