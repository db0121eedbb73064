/** The `alertmanager` notifier: tells every peer of an Alertmanager, and again and again while it fires, as Prometheus does. */

import { z } from "zod";

import type { AttemptResult } from "../domain/message.js";
import { durationValue, SECRET_PATTERN } from "../lib/spec-values.js";
import type { PostedAlert } from "./alertmanager-alerts.js";
import { postedAlerts } from "./alertmanager-alerts.js";
import { postAttempt } from "./http-attempt.js";
import {
  addressValue,
  allowPrivateValue,
  headersValue,
  resolvedAddress,
  resolvedHeaders,
  shownAddress,
  timeoutValue,
  withSettings,
} from "./http-settings.js";
import type { Notifier, SendContext } from "./notifier.js";

const PATH = "/api/v2/alerts";
/** Fifty alerts of some twelve texts. */
const MAX_BODY_BYTES = 1024 * 1024;
const MINUTE_MS = 60_000;
/** Of those that have not taken it, the one that says most about what to do. */
const TELLING: readonly AttemptResult["result"][] = ["ambiguous", "retry", "rejected"];

const schema = z
  .strictObject({
    urls: z
      .array(addressValue())
      .min(1)
      .max(10)
      .describe("Every peer of the cluster, each by its own address, never one in front of them all"),
    headers: headersValue,
    resend_every: durationValue({ min: 10_000, max: 60 * MINUTE_MS })
      .prefault("1m")
      .describe("How often what fires is told again, from 10s to 1h"),
    expire_after: durationValue({ min: MINUTE_MS, max: 24 * 60 * MINUTE_MS })
      .prefault("10m")
      .describe("How long an alert fires there that is not told again, at least twice `resend_every`"),
    allow_private: allowPrivateValue,
    timeout: timeoutValue,
  })
  .refine(({ resend_every: every, expire_after: after }) => after >= 2 * every, {
    message: "expected `expire_after` to be at least twice `resend_every`",
  });

export type AlertmanagerSpec = z.output<typeof schema>;

/** `/api/v2/alerts` below the address, which may have a prefix of its own. */
function endpoint(peer: URL): URL {
  return new URL(
    `${peer.origin}${peer.pathname.replace(/\/+$/, "").replace(/\/api\/v2\/alerts$/, "")}${PATH}`,
  );
}

/**
 * Peers do not hand alerts on to each other. One that has taken them pages; another hears them at the next repeat, or forgets them in
 * time, so a peer that is away for good keeps no message from being told.
 */
function together(results: readonly AttemptResult[], peers: readonly string[]): AttemptResult {
  const [only] = results;
  if (only !== undefined && results.length === 1) return only;
  const failed = results.flatMap((each, index) =>
    each.result === "accepted" ? [] : [{ each, peer: peers[index] ?? "" }],
  );
  const said = failed.map(({ each, peer }) => `${peer}: ${each.reason}`).join("; ");
  if (failed.length < results.length) {
    return { result: "accepted", ...(failed.length === 0 ? {} : { remark: `not to ${said}` }) };
  }
  const [worst] = [...failed].sort((a, b) => TELLING.indexOf(a.each.result) - TELLING.indexOf(b.each.result));
  if (worst === undefined) return { result: "rejected", reason: "no peer is configured" };
  return { ...worst.each, reason: said };
}

function send(
  alerts: readonly PostedAlert[],
  spec: AlertmanagerSpec,
  context: SendContext,
): Promise<AttemptResult> {
  return withSettings(async () => {
    const urls = await Promise.all(spec.urls.map((text) => resolvedAddress("urls", text, context)));
    const headers = { ...(await resolvedHeaders(spec.headers, context)), "content-type": "application/json" };
    const believedUntil = new Date(context.clock.now() + spec.expire_after).toISOString();
    const body = JSON.stringify(alerts.map((alert) => ({ endsAt: believedUntil, ...alert })));
    const results = urls.map((url, index) => {
      const secretUrl = SECRET_PATTERN.test(spec.urls[index] ?? "");
      return postAttempt({ url: endpoint(url), secretUrl, headers, body, timeoutMs: spec.timeout }, context);
    });
    return together(await Promise.all(results), spec.urls.map(shownAddress));
  });
}

/** An alert is known there by its labels, so every repeat is the same alert. */
export const alertmanager = Object.freeze<Notifier<AlertmanagerSpec, readonly PostedAlert[]>>({
  type: "alertmanager",
  summary: "Fires and ends alerts in a Prometheus Alertmanager, at every peer of it",
  schema,
  limits: { textLength: MAX_BODY_BYTES },
  supports: { end: true, key: true },
  resendEveryMs: (spec) => spec.resend_every,
  render: postedAlerts,
  send,
  target: (spec) => spec.urls.map(shownAddress).join(", "),
  example: [
    "type: alertmanager",
    'urls: ["http://alertmanager-0:9093", "http://alertmanager-1:9093"]',
    "allow_private: true",
    "",
  ].join("\n"),
});
