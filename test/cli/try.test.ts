import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { openInstallation } from "../../src/cli/installation.js";
import { startHttpTarget, type HttpTarget } from "../support/http-target.js";
import { startReceiver, type Receiver } from "../support/receiver.js";
import { run, type Ran } from "./world-installation.js";

/** What is applied does not matter here: everything comes out of a file, and the sockets are real. */
let cwd: string;
let healthy: HttpTarget;
let ill: HttpTarget;
let hook: Receiver;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "tocsin-try-"));
  healthy = await startHttpTarget({ body: { status: "ok" } });
  ill = await startHttpTarget({
    status: 503,
    body: { status: "error", checks: { redis: "error", database: "ok" } },
  });
  hook = await startReceiver();
  writeFileSync(
    join(cwd, "tocsin.yaml"),
    `tocsin: 1
defaults: { every: 5s, timeout: 2s }
notifiers:
  screen: { type: stdout }
  hook: { type: webhook, url: "${hook.url}", allow_private: true }
  public: { type: webhook, url: "${hook.url}" }
policies:
  default: { critical: [ { notify: [screen, hook, public] } ] }
systems:
  shop:
    owner: platform
    services:
      api:
        checks:
          ready: { type: http, url: "${healthy.url}", alerts: { not-ready: { for: 2m, severity: critical, action: Restart it., runbook: "https://runbooks.example/x" } } }
      worker:
        checks:
          ready: { type: http, url: "${ill.url}", alerts: { not-ready: { for: 2m, severity: critical, action: Restart it., runbook: "https://runbooks.example/x" } } }
`,
  );
  writeFileSync(join(cwd, "broken.yaml"), "tocsin: 1\nsystem: {}\n");
});

afterAll(async () => {
  await healthy.close();
  await ill.close();
  await hook.close();
  rmSync(cwd, { recursive: true });
});

function tocsin(...argv: readonly string[]): Promise<Ran> {
  return run(argv, openInstallation, { cwd, now: () => Date.UTC(2026, 0, 1) });
}

/** Ports and times differ from run to run. */
function steady(text: string): string {
  return text
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replace(/\d+(\.\d+)? ms/g, "N ms")
    .replace(/_ms=[\d.]+/g, "_ms=N");
}

describe("tocsin check", () => {
  it("shows what one probe saw and that every rule is content, and ends with 0", async () => {
    const { out, err, exit } = await tocsin("check", "shop/api/ready", "--config", "tocsin.yaml");
    expect({ err, exit }).toEqual({ err: "", exit: 0 });
    expect(out).toMatch(/^outcome +good/m);
    expect(out).toMatch(/^not-ready +good +critical +after 2m$/m);
  });

  it("shows what is wrong, where the time went and what would follow, and ends with 1", async () => {
    const { out, exit } = await tocsin("check", "shop/worker/ready", "--config", "tocsin.yaml");
    expect(exit).toBe(1);
    expect(steady(out).replace(/^(fields|phases).*\n( {10}.*\n)*/gm, "")).toMatchSnapshot();
    expect(out).toMatch(/^phases {4}connect .+ ms, first byte .+ ms, total .+ ms$/m);
  });

  it("gives machines readings and verdicts", async () => {
    const { out } = await tocsin("check", "shop/worker/ready", "--config", "tocsin.yaml", "--json");
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      kind: "check",
      data: {
        readings: [{ outcome: "bad" }],
        verdicts: [{ rule: "not-ready", verdict: "bad" }],
        overflow: 0,
      },
      meta: { check: "shop/worker/ready" },
    });
  });

  it("says which check was meant", async () => {
    const { err, exit } = await tocsin("check", "shop/api/redy", "--config", "tocsin.yaml");
    expect(exit).toBe(2);
    expect(err).toContain("has no check 'shop/api/redy'; did you mean shop/api/ready?");
  });

  it("shows what is wrong with a broken file and probes nothing", async () => {
    const before = healthy.requests.length;
    const { err, exit } = await tocsin("check", "shop/api/ready", "--config", "broken.yaml");
    expect(exit).not.toBe(0);
    expect(err).toContain("broken.yaml:2:1");
    expect(healthy.requests.length).toBe(before);
  });

  it("says what is missing when nothing has been applied", async () => {
    const { err, exit } = await tocsin("check", "shop/api/ready");
    expect(exit).toBe(2);
    expect(err).toMatch(/^error RUN-002: /m);
  });
});

describe("tocsin notify test", () => {
  it("sends one message that says that it is none, and its end, and says how each ended", async () => {
    const { out, exit } = await tocsin("notify", "test", "hook", "--config", "tocsin.yaml");
    expect(exit).toBe(0);
    expect(steady(out)).toMatchInlineSnapshot(`
     "hook (http://127.0.0.1:PORT/hook): accepted, HTTP 202
     hook (http://127.0.0.1:PORT/hook): its end accepted, HTTP 202
     "
    `);
    expect(hook.received.map(({ event }) => event?.type)).toEqual([
      "tocsin.incident.firing",
      "tocsin.incident.resolved",
    ]);
    expect(JSON.stringify(hook.received[0])).toContain("This is a test message: nothing is broken.");
  });

  it("sends the end alone when that is what is tried", async () => {
    const before = hook.received.length;
    await tocsin("notify", "test", "hook", "--config", "tocsin.yaml", "--kind", "resolved");
    expect(hook.received.slice(before).map(({ event }) => event?.type)).toEqual(["tocsin.incident.resolved"]);
  });

  it("owes an end where the message may have arrived, and none where it was refused", async () => {
    const before = hook.received.length;
    hook.answer("drop", 1);
    const { out, exit } = await tocsin("notify", "test", "hook", "--config", "tocsin.yaml");
    expect(exit).toBe(1);
    expect(out).toMatch(/: ambiguous, .*\n.*: its end accepted, HTTP 202\n$/);
    hook.answer({ status: 410 }, 1);
    await tocsin("notify", "test", "hook", "--config", "tocsin.yaml");
    expect(hook.received.length - before).toBe(3);
  });

  it("gives machines both results", async () => {
    const { out } = await tocsin("notify", "test", "hook", "--config", "tocsin.yaml", "--json");
    expect(JSON.parse(out)).toMatchObject({
      kind: "attempt",
      data: { result: "accepted", end: { result: "accepted" } },
    });
  });

  it("ends with 1 when it was not accepted, with the reason", async () => {
    const { out, exit } = await tocsin("notify", "test", "public", "--config", "tocsin.yaml");
    expect(exit).toBe(1);
    expect(steady(out)).toMatchInlineSnapshot(`
     "public (http://127.0.0.1:PORT/hook): rejected, egress is not allowed: 127.0.0.1 is this machine itself
     "
    `);
  });

  it("prints what a notifier for the screen prints", async () => {
    const { out } = await tocsin("notify", "test", "screen", "--config", "tocsin.yaml", "--kind", "resolved");
    expect(out).toMatch(/^RESOLVED: TEST: /);
    expect(out).toMatch(/screen \(standard output\): accepted\n$/);
  });

  it("says which notifiers there are", async () => {
    const { err, exit } = await tocsin("notify", "test", "hok", "--config", "tocsin.yaml");
    expect(exit).toBe(2);
    expect(err).toContain("has no notifier 'hok'; did you mean hook?");
  });
});

describe("tocsin notify preview", () => {
  it("shows both what is sent and what a person reads, and sends nothing", async () => {
    const before = hook.received.length;
    const { out, err, exit } = await tocsin("notify", "preview", "hook", "--config", "tocsin.yaml");
    expect(exit).toBe(0);
    expect(steady(err)).toMatchInlineSnapshot(`
     "to hook (http://127.0.0.1:PORT/hook), as webhook sends it:
     and as a person reads it:
     "
    `);
    expect(out).toContain('"specversion": "1.0"');
    expect(out).toContain("FIRING: Controller cannot serve");
    expect(hook.received.length).toBe(before);
  });
});
