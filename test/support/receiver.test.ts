import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { webhookHeaders, webhookKey } from "../../src/lib/standard-webhooks.js";
import { startReceiver } from "./receiver.js";
import type { AnswerMode, Receiver } from "./receiver.js";

const SECRET = "whsec_cmVjZWl2ZXItc2VjcmV0LTI0LWJ5dGVz";
const EVENT = { specversion: "1.0", id: "a/1", source: "tocsin", type: "tocsin.incident.firing", data: {} };

interface Differing {
  readonly event?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly secret?: string;
  readonly offS?: number;
}

describe("the strict receiver", () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver({ secret: SECRET });
  });
  afterEach(() => receiver.close());

  /** Posts a right delivery but for what differs; the status, or 0 when the connection was lost. */
  async function post({ event, headers, secret = SECRET, offS = 0 }: Differing = {}): Promise<number> {
    const body = JSON.stringify({ ...EVENT, ...event });
    const timestampS = Math.floor(Date.now() / 1000) + offS;
    const signed = webhookHeaders({ id: "a/1", timestampS, body }, [webhookKey(secret)]);
    const all = { "content-type": "application/cloudevents+json", ...signed, ...headers };
    const answer = await fetch(receiver.url, { method: "POST", headers: all, body }).catch(() => undefined);
    return answer?.status ?? 0;
  }

  test.each<[string, Differing, RegExp]>([
    ["another secret", { secret: "whsec_b3RoZXI=" }, /signature/],
    ["a timestamp of ten minutes ago", { offS: -600 }, /5 minutes/],
    ["another content type", { headers: { "content-type": "application/json" } }, /content-type/],
    ["an id that is not the event's", { event: { id: "b/1" } }, /webhook-id/],
    ["no type", { event: { type: "" } }, /type/],
    ["another version of CloudEvents", { event: { specversion: "0.3" } }, /specversion/],
    ["a time in words", { event: { time: "yesterday" } }, /RFC 3339/],
  ])("refuses a delivery with %s and keeps the reason", async (_what, differing, problem) => {
    expect(await post(differing)).toBe(400);
    expect(receiver.received[0]?.problem).toMatch(problem);
    expect(receiver.told()).toEqual([]);
  });

  test.each<[AnswerMode, number, number]>([
    [{ status: 202 }, 202, 1],
    [{ status: 503 }, 503, 0],
    ["close", 0, 0],
    ["drop", 0, 1],
  ])("told to answer %j, the sender sees %i and %i is acted upon", async (mode, status, acted) => {
    receiver.answer(mode);
    expect(await post()).toBe(status);
    expect(receiver.told()).toHaveLength(acted);
  });

  test("fails as often as it is told, then takes the message, and acts on it once", async () => {
    receiver.answer({ status: 503 }, 2);
    expect([await post(), await post(), await post(), await post()]).toEqual([503, 503, 202, 202]);
    expect(receiver.received).toHaveLength(4);
    expect(receiver.told()).toHaveLength(1);
  });

  test("waits for what is still to come, and lists what came instead when it does not", async () => {
    const waiting = receiver.waitFor(({ event }) => event?.type === EVENT.type, 5_000);
    await post();
    expect((await waiting).id).toBe("a/1");
    await expect(receiver.waitFor(() => false, 10)).rejects.toThrow(/arrived: a\/1 tocsin\.incident\.firing/);
  });
});
