import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { parse, stringify } from "yaml";

import { packageRoot } from "../../src/lib/package-root.js";
import { startInstallation, type Installation } from "../support/installation.js";
import {
  promtool,
  startTestPrometheus,
  whyNoPrometheus,
  type TestPrometheus,
} from "../support/prometheus.js";
import { describeReal } from "../support/real-server.js";
import { startReceiver, type Receiver } from "../support/receiver.js";
import { startSwitchTarget, type SwitchTarget } from "../support/switch-target.js";
import { watching } from "../support/watched.js";

jest.setTimeout(180_000);

/** A real Prometheus with the configuration of deploy/, over a whole Tocsin in which somebody is paged. */
interface ScrapeConfig {
  readonly global: Record<string, string>;
  readonly scrape_configs: {
    readonly job_name: string;
    authorization: { readonly type: string; readonly credentials_file: string };
    static_configs: { targets: string[] }[];
  }[];
}

describeReal(whyNoPrometheus(), "a real Prometheus", () => {
  let folder: string;
  let target: SwitchTarget;
  let receiver: Receiver;
  let tocsin: Installation;
  let prometheus: TestPrometheus;
  let secret: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tocsin-scrape-"));
    target = await startSwitchTarget();
    receiver = await startReceiver();
    const config = watching([{ service: "till", url: target.url }], receiver, {
      every: "1s",
      timeout: "1s",
      for: "2s",
    });
    tocsin = await startInstallation({ config });
    const made = await tocsin.tocsin("token", "create", "--scope", "read", "--name", "prometheus");
    secret = made.stdout.trim();
    await writeFile(join(folder, "tocsin.token"), made.stdout);
    await writeFile(
      join(folder, "rules.yaml"),
      await readFile(join(packageRoot, "deploy/prometheus/rules.yaml"), "utf8"),
    );
    prometheus = await startTestPrometheus(await shippedConfig(), folder);
  }, 180_000);
  afterAll(async () => {
    await prometheus.close();
    await tocsin.close();
    await receiver.close();
    await target.close();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  /** As it is shipped, but for addresses, the token's file, and how often. */
  async function shippedConfig(): Promise<string> {
    const shipped = await readFile(join(packageRoot, "deploy/prometheus/prometheus.yaml"), "utf8");
    const config = parse(shipped) as ScrapeConfig;
    config.global.scrape_interval = config.global.evaluation_interval = "1s";
    const [serve = "", worker = ""] = tocsin.ready.metrics;
    for (const job of config.scrape_configs) {
      const { host } = new URL(job.job_name === "tocsin" ? serve : worker);
      job.static_configs = [{ targets: [host] }];
      job.authorization = { ...job.authorization, credentials_file: join(folder, "tocsin.token") };
    }
    return stringify(config);
  }

  async function page(
    url: string,
    token = secret,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const answer = await fetch(url, { headers: token === "" ? {} : { authorization: `Bearer ${token}` } });
    return { status: answer.status, text: await answer.text() };
  }

  describe("every page of metrics", () => {
    it("is what promtool wants it to be", async () => {
      expect(tocsin.ready.metrics).toHaveLength(3);
      for (const url of tocsin.ready.metrics) {
        const { status, text } = await page(url);
        expect([url, status, promtool(["check", "metrics"], text)]).toEqual([
          url,
          200,
          { ok: true, said: "" },
        ]);
      }
    });

    it("is for who may read, once there is a token for that, and for nobody in the name of another site", async () => {
      for (const url of tocsin.ready.metrics) {
        // What a listener remembers of the tokens is refreshed within five seconds.
        while ((await page(url, "")).status === 200);
        expect(await page(url, "")).toMatchObject({ status: 401 });
        expect(await page(url, `${secret}x`)).toMatchObject({ status: 401 });
      }
    });
  });

  it("scrapes all three with the token that it is given", async () => {
    await prometheus.untilSome("count(up == 1) == 3");
    expect(await prometheus.targets()).toEqual({
      tocsin: "up",
      "tocsin-worker": "up",
      "tocsin-worker-temporal": "up",
    });
    const [slots] = await prometheus.untilSome(
      'temporal_worker_task_slots_available{worker_type="WorkflowWorker"}',
    );
    expect(slots?.value).toBeGreaterThan(0);
  });

  it("answers how a page came about: swept, decided, delivered, by both processes", async () => {
    await target.answer(503);
    await receiver.waitFor(({ event }) => event?.type === "tocsin.incident.firing", 60_000);
    const [firing] = await prometheus.untilSome('tocsin_alerts{state="firing"} == 1');
    expect(firing?.labels).toMatchObject({ job: "tocsin", system: "shop", severity: "critical" });
    const [dwell] = await prometheus.untilSome(
      "tocsin_page_dwell_seconds_sum / (tocsin_page_dwell_seconds_count == 1)",
    );
    expect(dwell?.labels).toMatchObject({ job: "tocsin-worker", severity: "critical" });
    expect(dwell?.value).toBeLessThan(60);
    await prometheus.untilSome('tocsin_decision_lateness_seconds_count{severity="critical"} == 1');
    await prometheus.untilSome('tocsin_delivery_attempts_total{notifier="hook",result="accepted"} == 1');
    await prometheus.untilSome('tocsin_readings_total{system="shop",outcome="bad"} > 0');
    await prometheus.untilSome("tocsin_clock_skew_seconds");
    await prometheus.untilSome('tocsin_open_incidents{system="shop",state="open"} == 1');
  });

  it("sees that nobody sweeps when the worker is dead, and that all is well once it is back", async () => {
    await prometheus.untilSome('tocsin_system_up{system="shop"} == 1');
    const letGo = await tocsin.holdUp();
    try {
      process.kill(await tocsin.pid("worker"), "SIGKILL");
      await prometheus.untilSome('tocsin_system_up{system="shop"} == 0 and on() tocsin_blind == 1');
      await prometheus.untilSome('up{job="tocsin-worker"} == 0');
      await prometheus.untilSome('tocsin_coverage_ratio{system="shop"} == 0');
      await prometheus.untilSome('ALERTS{alertname="TocsinBlind"}');
    } finally {
      letGo();
    }
    await prometheus.untilSome('tocsin_system_up{system="shop"} == 1 and on() tocsin_blind == 0');
    await prometheus.untilSome('up{job="tocsin-worker"} == 1');
  });

  it("sees that Temporal is away, which is no reason to restart a worker", async () => {
    const letGo = await tocsin.holdUp();
    try {
      process.kill(await tocsin.pid("temporal"), "SIGKILL");
      await prometheus.untilSome("tocsin_temporal_up == 0 or tocsin_blind unless tocsin_temporal_up");
      await prometheus.untilSome('tocsin_system_up{system="shop"} == 0 and on() tocsin_blind == 1');
      const health = await fetch((tocsin.ready.metrics[1] ?? "").replace("/metrics", "/healthz"));
      expect(health.status).toBe(200);
    } finally {
      letGo();
    }
    await prometheus.untilSome('tocsin_system_up{system="shop"} == 1 and on() tocsin_blind == 0');
  });
});
