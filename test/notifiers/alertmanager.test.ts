import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import type { MessageAlert } from "../../src/domain/message.js";
import { systemClock } from "../../src/lib/clock.js";
import { alertmanager } from "../../src/notifiers/alertmanager.js";
import { postedAlerts } from "../../src/notifiers/alertmanager-alerts.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { sendContext } from "../contracts/notifier-fixtures.js";
import { describeNotifier } from "../contracts/notifier.js";
import type { ReceivedAlert } from "../support/alertmanager-rules.js";
import { alertmanagerProblem } from "../support/alertmanager-rules.js";
import { MESSAGE_STORIES } from "../support/message-stories.js";
import { startReceiver } from "../support/receiver.js";
import type { Receiver } from "../support/receiver.js";
import { closedPort } from "../support/tcp-target.js";

const AT = { now: Date.UTC(2026, 0, 31, 9, 5), notifier: "am" };
const MINUTE = 60_000;

function parsed(body: string): readonly ReceivedAlert[] {
  return JSON.parse(body) as readonly ReceivedAlert[];
}

describeNotifier({
  notifier: alertmanager,
  http: true,
  wireText: (alerts) => JSON.stringify(alerts),
  keys: (url) => ({ urls: [url], headers: { authorization: "env:SUITE_TOKEN" }, allow_private: true }),
  provider: {
    problemOf: alertmanagerProblem,
    // How long it is to be believed grows with every attempt; what it is does not.
    same: (body) => parsed(body).map(({ endsAt: _, ...alert }) => alert),
  },
});

function withAlert(change: Partial<MessageAlert>) {
  const message = previewMessage("firing", AT);
  return postedAlerts({ ...message, alerts: message.alerts.map((alert) => ({ ...alert, ...change })) })[0];
}

describe("an alert of an Alertmanager", () => {
  test.each(Object.entries(MESSAGE_STORIES))("of %s reads like this", (_name, message) => {
    const alerts = postedAlerts(message);
    expect({ count: alerts.length, first: alerts[0] }).toMatchSnapshot();
  });

  test("has labels of the configuration, and none of them hides one of Tocsin's", () => {
    const labels = { "team.name": "web", "2nd": "x", alertname: "mine", severity: "low", empty: " " };
    expect(withAlert({ labels })?.labels).toEqual({
      team_name: "web",
      _2nd: "x",
      alertname: "not-ready",
      severity: "critical",
      system: "kohakku",
      service: "controller",
      check: "ready",
    });
  });

  test.each([
    ["db%2Fmain", "db/main"],
    ["50%25", "50%"],
    ["a%E4%B", "a%E4%B"],
  ])("shows the subject %s as %s", (subject, shown) => {
    const id = `kohakku/controller/ready/not-ready/${subject}` as MessageAlert["id"];
    expect(withAlert({ id })?.labels.subject).toBe(shown);
  });

  test("keeps its labels whatever is said of it, so that it stays the same alert", () => {
    const labels = (["firing", "acknowledged", "resolved"] as const).map((kind) =>
      JSON.stringify(postedAlerts(previewMessage(kind, AT))[0]?.labels),
    );
    expect(new Set(labels).size).toBe(1);
  });

  test("never ends before it began", () => {
    const alert = withAlert({ state: "resolved", firedAt: AT.now, resolvedAt: AT.now - MINUTE });
    expect(alert?.endsAt).toBe(alert?.startsAt);
  });

  test("says where it comes from only where that is known", () => {
    const message = { ...previewMessage("firing", AT), links: { runbook: "https://runbooks.example/x" } };
    expect(postedAlerts(message)[0]).not.toHaveProperty("generatorURL");
  });

  test.each([
    ["no peer", { urls: [] }],
    ["an address that is none", { urls: ["alertmanager:9093"] }],
    [
      "a time that repeats could not keep",
      { urls: ["http://am:9093"], resend_every: "5m", expire_after: "6m" },
    ],
  ])("is not configured with %s", (_name, keys) => {
    expect(alertmanager.schema.safeParse(keys).success).toBe(false);
  });
});

describe("the peers of an Alertmanager", () => {
  let peers: readonly Receiver[] = [];
  beforeEach(async () => {
    const options = { problemOf: alertmanagerProblem };
    peers = await Promise.all([startReceiver(options), startReceiver(options)]);
  });
  afterEach(() => Promise.all(peers.map((peer) => peer.close())));

  async function tell(urls: readonly string[], kind: "firing" | "resolved" = "firing", now = AT.now) {
    const spec = alertmanager.schema.parse({ urls, allow_private: true });
    const context = sendContext({ clock: { ...systemClock, now: () => now } });
    return alertmanager.send(alertmanager.render(previewMessage(kind, AT), spec), spec, context);
  }

  const urls = (): string[] => peers.map(({ url }) => url);

  test("are all told, and how long to believe it", async () => {
    expect(await tell(urls())).toEqual({ result: "accepted" });
    for (const { received } of peers) {
      expect(received[0]?.problem).toBeUndefined();
      expect(parsed(received[0]?.body ?? "")[0]?.endsAt).toBe(new Date(AT.now + 10 * MINUTE).toISOString());
    }
  });

  test("are told the end as it was, whenever it is told", async () => {
    await tell(urls(), "resolved", AT.now + 60 * MINUTE);
    expect(parsed(peers[0]?.received[0]?.body ?? "")[0]?.endsAt).toBe(new Date(AT.now - 1_000).toISOString());
  });

  test("have been told when one of them has taken it; the record says which has not", async () => {
    peers[0]?.answer({ status: 503 });
    const result = await tell(urls());
    expect(result).toEqual({ result: "accepted", remark: `not to ${urls()[0] ?? ""}: HTTP 503` });
  });

  test("are tried again when none of them has taken it", async () => {
    peers[0]?.answer({ status: 400 });
    const dead = `http://127.0.0.1:${await closedPort()}/`;
    const result = await tell([urls()[0] ?? "", dead]);
    expect(result.result).toBe("retry");
    expect("reason" in result ? result.reason : "").toContain("HTTP 400");
  });

  test.each(["/", "/prefix", "/prefix/", "/api/v2/alerts"])("are told below %s", async (path) => {
    const base = new URL(path, urls()[0]).href;
    expect(await tell([base])).toMatchObject({ result: "accepted" });
    expect(peers[0]?.received[0]?.problem).toBeUndefined();
  });

  test.each(Object.entries(MESSAGE_STORIES))("take %s", async (_name, message) => {
    const spec = alertmanager.schema.parse({ urls: urls(), allow_private: true });
    const result = await alertmanager.send(alertmanager.render(message, spec), spec, sendContext());
    expect(result).toEqual({ result: "accepted" });
    expect(peers[0]?.received[0]?.problem).toBeUndefined();
  });
});
