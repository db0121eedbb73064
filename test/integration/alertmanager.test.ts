/** A real Alertmanager: what it takes, keeps and ends; by hand, and from a whole Tocsin that is killed meanwhile. */

import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";

import type { Message } from "../../src/domain/message.js";
import type { AlertmanagerSpec } from "../../src/notifiers/alertmanager.js";
import { alertmanager } from "../../src/notifiers/alertmanager.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { sendContext } from "../contracts/notifier-fixtures.js";
import { describeReal } from "../support/real-server.js";
import { startAlertmanager, whyNoAlertmanager, type TestAlertmanager } from "../support/alertmanager.js";
import { startInstallation, type Installation } from "../support/installation.js";
import { MESSAGE_STORIES } from "../support/message-stories.js";
import { startSwitchTarget, type SwitchTarget } from "../support/switch-target.js";
import { closedPort } from "../support/tcp-target.js";
import { watching } from "../support/watched.js";

jest.setTimeout(240_000);

const SECOND = 1_000;
const missing = whyNoAlertmanager();

function specFor(urls: readonly string[], expireAfterMs = 600 * SECOND): AlertmanagerSpec {
  const spec = alertmanager.schema.parse({ urls, allow_private: true });
  // Shorter than may be configured, so that a test can see the end of it.
  return { ...spec, expire_after: expireAfterMs };
}

function tell(message: Message, spec: AlertmanagerSpec) {
  return alertmanager.send(alertmanager.render(message, spec), spec, sendContext());
}

/** The sample of a kind, as if it were said now, under a service of its own. */
function now(kind: Message["kind"], service: string): Message {
  const message = previewMessage(kind, { now: Date.now(), notifier: "am" });
  const alerts = message.alerts.map((alert) => ({
    ...alert,
    id: `kohakku/${service}/ready/not-ready` as typeof alert.id,
    firedAt: Date.now() - 60 * SECOND,
  }));
  return { ...message, alerts };
}

describeReal(missing, "a real Alertmanager", () => {
  let peers: readonly TestAlertmanager[] = [];
  beforeAll(async () => {
    peers = await Promise.all([startAlertmanager(), startAlertmanager()]);
  });
  afterAll(() => Promise.all(peers.map((peer) => peer.close())));

  const urls = (): readonly string[] => peers.map(({ url }) => url);
  const of = (service: string) => (alert: { readonly labels: Readonly<Record<string, string>> }) =>
    alert.labels.service === service;

  it("fires at every peer, with what people route by and read", async () => {
    expect(await tell(now("firing", "fires"), specFor(urls()))).toEqual({ result: "accepted" });
    for (const peer of peers) {
      const [alert] = (await peer.firing()).filter(of("fires"));
      expect(alert).toMatchObject({
        labels: {
          alertname: "not-ready",
          severity: "critical",
          system: "kohakku",
          check: "ready",
          team: "platform",
        },
        annotations: {
          summary: "Controller cannot serve: 503, redis is down",
          runbook_url: "https://runbooks.example/controller-not-ready",
        },
      });
    }
  });

  it("ends what is over", async () => {
    await tell(now("firing", "ends"), specFor(urls()));
    await tell(now("resolved", "ends"), specFor(urls()));
    for (const peer of peers) {
      await peer.until("over", (alerts) => !alerts.some(of("ends")), 10 * SECOND);
    }
  });

  it("keeps what is told again and forgets what is not", async () => {
    const [peer] = peers;
    const spec = specFor(urls(), 3 * SECOND);
    await tell(now("firing", "kept"), spec);
    const first = (await peer?.firing())?.find(of("kept"))?.endsAt ?? "";
    await tell(now("firing", "kept"), spec);
    const [again] = ((await peer?.firing()) ?? []).filter(of("kept"));
    expect(Date.parse(again?.endsAt ?? "")).toBeGreaterThan(Date.parse(first));
    await peer?.until("forgotten", (alerts) => !alerts.some(of("kept")), 15 * SECOND);
  });

  it("has been told when one of its peers is away, and not when all are", async () => {
    const dead = `http://127.0.0.1:${await closedPort()}`;
    const told = await tell(now("firing", "away"), specFor([dead, urls()[0] ?? ""]));
    expect(told).toMatchObject({ result: "accepted", remark: expect.stringContaining(dead) as unknown });
    expect((await tell(now("firing", "away"), specFor([dead]))).result).toBe("retry");
  });

  it.each(Object.entries(MESSAGE_STORIES))("takes %s", async (_name, message) => {
    expect(await tell(message, specFor(urls()))).toEqual({ result: "accepted" });
  });
});

describeReal(missing, "an Alertmanager that a whole Tocsin tells", () => {
  let kept: TestAlertmanager;
  let target: SwitchTarget;
  let installation: Installation;

  beforeAll(async () => {
    kept = await startAlertmanager();
    target = await startSwitchTarget();
    const options = { every: "1s", timeout: "1s", for: "3s", recoverFor: "2s" };
    const config = watching(
      [{ service: "api", url: target.url }],
      { url: "http://127.0.0.1:9/" },
      options,
    ).replace(
      /hook: \{ type: .*/,
      `hook: { type: alertmanager, urls: ["${kept.url}"], resend_every: 10s, expire_after: 2m, allow_private: true }`,
    );
    installation = await startInstallation({ config });
  }, 180_000);

  afterAll(async () => {
    await installation.close();
    await target.close();
    await kept.close();
  }, 60_000);

  it("fires for as long as it fires, through an acknowledgement and a crash of everything, and then ends", async () => {
    await target.refuse();
    const [fired] = await kept.until("firing", (alerts) => alerts.length === 1, 30 * SECOND);
    expect(fired?.labels).toMatchObject({ alertname: "not-ready", system: "shop", service: "api" });
    const isLater = (than: string | undefined) => (alerts: readonly { readonly endsAt: string }[]) =>
      Date.parse(alerts[0]?.endsAt ?? "") > Date.parse(than ?? "");
    const [again] = await kept.until("told again", isLater(fired?.endsAt), 30 * SECOND);
    expect(again?.startsAt).toBe(fired?.startsAt);

    expect((await installation.tocsin("ack", "--by", "ada")).code).toBe(0);
    await kept.until("acknowledged", ([alert]) => alert?.annotations.acknowledged_by === "ada", 30 * SECOND);
    await installation.killAll();
    await installation.restart();
    const [before] = await kept.firing();
    expect(before?.startsAt).toBe(fired?.startsAt);
    await kept.until("told again after the crash", isLater(before?.endsAt), 60 * SECOND);

    await target.answer(200);
    await kept.until("over", (alerts) => alerts.length === 0, 60 * SECOND);
  });
});
