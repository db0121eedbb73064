import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import {
  breakService,
  mendServices,
  readAddresses,
  servicesNamed,
  waitUntilApplied,
} from "../../src/demo/control.js";
import type { Fault, Faults } from "../../src/demo/fault.js";
import { startDemo } from "../../src/demo/main.js";
import type { Demo, DemoOptions } from "../../src/demo/main.js";
import { webhookKey } from "../../src/lib/standard-webhooks.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { webhook } from "../../src/notifiers/webhook.js";
import { SECRETS, sendContext } from "../contracts/notifier-fixtures.js";

const FOLLOW_MS = 5_000;

describe("the demo", () => {
  let folder: string;
  let stateFile: string;
  let notes: string[];
  let running: Demo[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tocsin-demo-"));
    stateFile = join(folder, "demo", "state.json");
    notes = [];
    running = [];
  });

  afterEach(async () => {
    await Promise.all(running.map((demo) => demo.close()));
    rmSync(folder, { recursive: true });
  });

  async function start(differing: Partial<DemoOptions> = {}): Promise<Demo> {
    const demo = await startDemo({
      controllerPort: 0,
      dispatcherPort: 0,
      sinkPort: 0,
      stateFile,
      keys: [],
      note: (line) => notes.push(line),
      ...differing,
    });
    running.push(demo);
    return demo;
  }

  async function followed(faults: Faults): Promise<void> {
    expect(await waitUntilApplied(stateFile, faults, FOLLOW_MS)).toBe("done");
  }

  /** The status, or the word for what came instead of one. */
  async function probe(url: string, timeoutMs = 500): Promise<number | string> {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: "manual" });
      return answer.status;
    } catch (error) {
      const { name, cause } = error as Error & { cause?: { code?: string } };
      return cause?.code ?? name;
    }
  }

  test("plays two services that are well", async () => {
    const { controllerUrl, dispatcherUrl } = await start();
    const urls = ["/health/", "/ready/"].map((path) => controllerUrl + path);
    urls.push(`${dispatcherUrl}/health`, `${dispatcherUrl}/ready`);
    expect(await Promise.all(urls.map((url) => probe(url)))).toEqual([200, 200, 200, 200]);
  });

  test.each<[Fault, number | string]>([
    ["refuse", "ECONNREFUSED"],
    ["hang", "TimeoutError"],
    ["slow", "TimeoutError"],
    ["503", 503],
    ["degraded", 200],
  ])("a controller broken by %s gives %s, and works again when it is mended", async (fault, seen) => {
    const { controllerUrl, dispatcherUrl } = await start();
    await followed(breakService(stateFile, "controller", fault));
    expect(await probe(`${controllerUrl}/ready/`)).toBe(seen);
    expect(await probe(`${dispatcherUrl}/ready`)).toBe(200);
    await followed(mendServices(stateFile, ["controller"]));
    expect(await probe(`${controllerUrl}/ready/`, 2_000)).toBe(200);
    expect(notes).toHaveLength(2);
  });

  test("a slow service still answers rightly", async () => {
    const { dispatcherUrl } = await start({ slowMs: 20 });
    await followed(breakService(stateFile, "dispatcher", "slow"));
    expect(await probe(`${dispatcherUrl}/ready`, 5_000)).toBe(200);
  });

  test.each<[Fault, number | string]>([
    ["refuse", "ECONNREFUSED"],
    ["503", 503],
  ])("what is broken by %s stays broken over a restart on the same ports", async (fault, seen) => {
    const { controllerUrl } = await start();
    await followed(breakService(stateFile, "controller", fault));
    await running.pop()?.close();
    await start({ controllerPort: Number(new URL(controllerUrl).port) });
    expect(await probe(`${controllerUrl}/ready/`)).toBe(seen);
    await followed(mendServices(stateFile, ["controller"]));
    expect(await probe(`${controllerUrl}/ready/`)).toBe(200);
  });

  test.each<[Fault, number | string]>([
    ["refuse", "ECONNREFUSED"],
    ["503", 503],
  ])("can be broken by %s before it runs", async (fault, seen) => {
    const faults = breakService(stateFile, "dispatcher", fault);
    expect(await waitUntilApplied(stateFile, faults, FOLLOW_MS)).toBe("absent");
    const { dispatcherUrl } = await start();
    expect(await probe(`${dispatcherUrl}/ready`)).toBe(seen);
  });

  test("takes a damaged state for a sound world", async () => {
    const { controllerUrl } = await start();
    await followed(breakService(stateFile, "controller", "503"));
    writeFileSync(stateFile, "{ not json");
    await followed({});
    expect(await probe(`${controllerUrl}/ready/`)).toBe(200);
  });

  test("says where it listens as long as it runs", async () => {
    const demo = await start();
    const { controllerUrl: controller, dispatcherUrl: dispatcher, sinkUrl: sink } = demo;
    expect(readAddresses(stateFile)).toEqual({ controller, dispatcher, sink });
    await running.pop()?.close();
    expect(readAddresses(stateFile)).toBeUndefined();
  });

  test("names the port that is taken and leaves none of the others open", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    await expect(start({ sinkPort: port })).rejects.toMatchObject({
      code: "RUN-040",
      message: expect.stringContaining(String(port)) as unknown,
    });
    taken.close();
  });

  describe("as a receiver of pages", () => {
    async function tell(sinkUrl: string, secret?: string) {
      const keys = {
        url: `${sinkUrl}/hook`,
        allow_private: true,
        ...(secret === undefined ? {} : { secret }),
      };
      const spec = webhook.schema.parse(keys);
      const message = previewMessage("firing", { now: Date.UTC(2026, 0, 31, 9, 5), notifier: "pager" });
      return webhook.send(webhook.render(message, spec), spec, sendContext());
    }

    async function listed(sinkUrl: string, accept: string): Promise<string> {
      return (await fetch(`${sinkUrl}/hook`, { headers: { accept } })).text();
    }

    test("shows each page once, however often it was delivered", async () => {
      const { sinkUrl } = await start();
      expect(await listed(sinkUrl, "*/*")).toContain("No page has arrived yet");
      for (let delivery = 0; delivery < 3; delivery += 1) {
        expect(await tell(sinkUrl)).toMatchObject({ result: "accepted" });
      }
      expect(await listed(sinkUrl, "*/*")).toMatch(
        /^1 arrived.*firing.*to pager: kohakku\/controller.*3 times/s,
      );
      expect(JSON.parse(await listed(sinkUrl, "application/json"))).toMatchObject([
        { type: "tocsin.incident.firing", subject: "kohakku/controller", severity: "critical", times: 3 },
      ]);
      expect(notes).toHaveLength(1);
    });

    test("takes only what is signed when it has a secret", async () => {
      const keys = [webhookKey(String(SECRETS["env:SUITE_SECRET"]))];
      const { sinkUrl } = await start({ keys });
      expect(await tell(sinkUrl, "env:SUITE_SECRET")).toMatchObject({ result: "accepted" });
      expect(await tell(sinkUrl, "env:SUITE_TOKEN")).toMatchObject({
        result: "rejected",
        reason: "HTTP 401",
      });
      expect(await tell(sinkUrl)).toMatchObject({ result: "rejected", reason: "HTTP 401" });
      expect(notes.filter((note) => note.startsWith("refused a delivery"))).toHaveLength(2);
    });

    test.each([
      ["something else than an event", "{}", 400],
      ["something else than JSON", "<xml/>", 400],
      ["more than 64 KiB", "x".repeat(70_000), 413],
    ])("refuses %s", async (_what, body, status) => {
      const { sinkUrl } = await start();
      expect((await fetch(`${sinkUrl}/hook`, { method: "POST", body })).status).toBe(status);
    });
  });
});

test.each([
  ["controller", ["controller"]],
  ["all", ["controller", "dispatcher"]],
  ["postgres", undefined],
])("the word %s names %j", (word, services) => {
  expect(servicesNamed(word)).toEqual(services);
});
