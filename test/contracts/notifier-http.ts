/** The part of the notifier suite for those that speak HTTP, against a real receiver that fails in every way a receiver can. */

import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { MESSAGE_KINDS } from "../../src/domain/message.js";
import type { AttemptResult, MessageKind } from "../../src/domain/message.js";
import type { SendContext } from "../../src/notifiers/notifier.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { startReceiver } from "../support/receiver.js";
import type { AnswerMode, Receiver } from "../support/receiver.js";
import { SECRETS, sendContext } from "./notifier-fixtures.js";
import type { NotifierSubject } from "./notifier-subject.js";

const ACCEPTED: readonly number[] = [200, 201, 202, 204, 299];
const STATUSES: readonly (readonly [number, AttemptResult["result"]])[] = [
  ...[301, 302, 307, 308].map((status) => [status, "rejected"] as const),
  ...[400, 401, 403, 404, 409, 410, 413, 415, 422].map((status) => [status, "rejected"] as const),
  ...[408, 425, 429, 500, 502, 503, 504, 599].map((status) => [status, "retry"] as const),
];

const LOST: readonly (readonly [string, AnswerMode])[] = [
  ["the receiver never answers", "hang"],
  ["the connection is closed after the message was read", "close"],
  ["the message was taken and the answer was lost", "drop"],
];

/** A loopback port on which nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export function describeHttpNotifier<Spec, Rendered>({
  notifier,
  keys,
  provider,
}: NotifierSubject<Spec, Rendered>): void {
  const { accepting, accepted = ACCEPTED, same = (body: string): unknown => body } = provider ?? {};
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver({
      secret: String(SECRETS["env:SUITE_SECRET"]),
      ...(provider === undefined ? {} : { problemOf: provider.problemOf }),
      ...(accepting === undefined ? {} : { accepting }),
    });
  });
  afterEach(() => receiver.close());

  function tell(
    url: string,
    context: SendContext = sendContext(),
    kind: MessageKind = "firing",
  ): Promise<AttemptResult> {
    const spec = notifier.schema.parse(keys(`${url}?token=query-secret`));
    const message = previewMessage(kind, { now: Date.UTC(2026, 0, 31, 9, 5), notifier: "suite" });
    return notifier.send(notifier.render(message, spec), spec, context);
  }

  describe(`every notifier that speaks HTTP: ${notifier.type}`, () => {
    test.each(MESSAGE_KINDS)("a strict receiver takes a message of kind %s", async (kind) => {
      expect(await tell(receiver.url, sendContext(), kind)).toMatchObject({ result: "accepted" });
      expect(receiver.received.map(({ problem }) => problem)).toEqual([undefined]);
    });

    test.each(accepted)("takes an answer of %i for accepted", async (status) => {
      receiver.answer({ status, ...(accepting === undefined ? {} : { body: accepting }) });
      expect((await tell(receiver.url)).result).toBe("accepted");
      expect(receiver.received).toHaveLength(1);
    });

    test.each(STATUSES)("takes an answer of %i for %s", async (status, result) => {
      receiver.answer({ status, headers: { location: "http://127.0.0.1:9/elsewhere" } });
      expect((await tell(receiver.url)).result).toBe(result);
      expect(receiver.received).toHaveLength(1);
    });

    test("waits as long as Retry-After asks, in seconds or until a date, at most an hour", async () => {
      const cases: readonly (readonly [string, number, number])[] = [
        ["7", 7_000, 7_000],
        ["86400", 3_600_000, 3_600_000],
        [new Date(Date.now() + 60_000).toUTCString(), 50_000, 60_000],
        ["Fri, 31 Dec 2100 23:59:59 GMT", 3_600_000, 3_600_000],
      ];
      for (const [header, least, most] of cases) {
        receiver.answer({ status: 429, headers: { "retry-after": header } }, 1);
        const { afterMs } = (await tell(receiver.url)) as { afterMs?: number };
        expect(afterMs).toBeGreaterThanOrEqual(least);
        expect(afterMs).toBeLessThanOrEqual(most);
      }
    });

    test.each(["-5", "soon", "12 bananas", "Fri, 01 Jan 1999 00:00:00 GMT"])(
      "leaves the pause to its caller when Retry-After says %s",
      async (header) => {
        receiver.answer({ status: 503, headers: { "retry-after": header } });
        expect(await tell(receiver.url)).toEqual({ result: "retry", reason: "HTTP 503" });
      },
    );

    test("repeats a message under the same key with the same bytes", async () => {
      receiver.answer({ status: 503 }, 2);
      for (let attempt = 0; attempt < 3; attempt += 1) await tell(receiver.url);
      const [first, ...others] = receiver.received;
      for (const { id, body } of others)
        expect({ id, body: same(body) }).toEqual({ id: first?.id, body: same(first?.body ?? "") });
      expect(receiver.received).toHaveLength(3);
      expect(receiver.told()).toHaveLength(1);
    });

    test.each(LOST)("does not know whether it told when %s", async (_what, mode) => {
      receiver.answer(mode);
      const attempt = new AbortController();
      const result = tell(receiver.url, sendContext({ signal: attempt.signal }));
      await receiver.waitFor(() => true, 5_000);
      if (mode === "hang") attempt.abort();
      expect((await result).result).toBe("ambiguous");
    });

    test("tries again when nobody listens", async () => {
      expect((await tell(`http://127.0.0.1:${await deadPort()}/`)).result).toBe("retry");
    });

    test("tries again when the name does not resolve", async () => {
      expect((await tell("http://no-such-host.invalid/")).result).toBe("retry");
    });

    test("tries again when its time is over before anything was written", async () => {
      const signal = AbortSignal.abort();
      expect((await tell(receiver.url, sendContext({ signal }))).result).toBe("retry");
      expect(receiver.received).toEqual([]);
    });

    test.each(["127.0.0.1", "localhost"])("does not connect to %s when it may not", async (host) => {
      const egress = { refuse: (address: string) => `${address} is private` };
      const url = receiver.url.replace("127.0.0.1", host);
      const result = await tell(url, sendContext({ egress }));
      expect(result).toMatchObject({ result: "rejected" });
      expect(inspect(result)).toContain("is private");
      expect(receiver.received).toEqual([]);
    });

    test("gives the message up when a secret cannot be read, and names only the reference", async () => {
      const secrets = (ref: string) => Promise.reject(new Error(`${ref}: nothing there`));
      const result = await tell(receiver.url, sendContext({ secrets }));
      expect(result.result).toBe("rejected");
      expect(inspect(result)).toMatch(/env:SUITE_/);
    });

    test("keeps secrets and the query out of everything it says, whatever goes wrong", async () => {
      const modes: readonly AnswerMode[] = [
        { status: 204 },
        { status: 302 },
        { status: 401 },
        { status: 503 },
        "close",
      ];
      const said: AttemptResult[] = [await tell(`http://127.0.0.1:${await deadPort()}/`)];
      for (const mode of modes) {
        receiver.answer(mode, 1);
        said.push(await tell(receiver.url));
      }
      for (const secret of [...Object.values(SECRETS), "query-secret"])
        expect(inspect(said)).not.toContain(secret);
    });
  });
}
