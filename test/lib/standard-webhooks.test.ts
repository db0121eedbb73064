import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";

import { TOLERANCE_S, webhookHeaders, webhookKey, webhookProblem } from "../../src/lib/standard-webhooks.js";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const KEY = webhookKey(SECRET);

function nowS(): number {
  return Math.floor(Date.now() / 1000);
}

describe("signing by Standard Webhooks", () => {
  test("the scheme's own package believes what is signed here, and signs the same", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.string({ unit: "binary" }),
        (bytes, body) => {
          const secret = `whsec_${Buffer.from(bytes).toString("base64")}`;
          const timestampS = nowS();
          const headers = webhookHeaders({ id: "a/b@c/d/1", timestampS, body }, [webhookKey(secret)]);
          const oracle = new Webhook(secret);
          expect(() => oracle.verify(body, { ...headers }, { jsonParse: false })).not.toThrow();
          const signed = oracle.sign("a/b@c/d/1", new Date(timestampS * 1000), body);
          expect(headers["webhook-signature"]).toBe(signed);
        },
      ),
    );
  });

  test("a secret without the prefix is taken as its bytes", () => {
    const oracle = new Webhook("just a text", { format: "raw" });
    const signed = webhookHeaders({ id: "1", timestampS: 1_700_000_000, body: "{}" }, [
      webhookKey("just a text"),
    ]);
    expect(signed["webhook-signature"]).toBe(oracle.sign("1", new Date(1_700_000_000_000), "{}"));
  });

  test("two secrets give two signatures, and a receiver that knows either believes them", () => {
    const keys = [webhookKey("new secret"), KEY];
    const headers = webhookHeaders({ id: "1", timestampS: nowS(), body: "{}" }, keys);
    expect(headers["webhook-signature"]?.split(" ")).toHaveLength(2);
    expect(() => new Webhook(SECRET).verify("{}", { ...headers })).not.toThrow();
    for (const key of keys) expect(webhookProblem(headers, "{}", [key], nowS())).toBeUndefined();
  });

  test("no secret gives no signature", () => {
    expect(webhookHeaders({ id: "1", timestampS: 5, body: "" }, [])).toEqual({
      "webhook-id": "1",
      "webhook-timestamp": "5",
    });
  });

  test.each([
    ["an empty one", "", /empty/],
    ["a prefix alone", "whsec_", /base64/],
    ["a prefix and something else than base64", "whsec_not base64!", /base64/],
  ])("refuses %s as a secret, without repeating it", (_what, secret, message) => {
    expect(() => webhookKey(secret)).toThrow(message);
    expect(() => webhookKey(secret)).not.toThrow(/not base64!/);
  });
});

describe("verifying by Standard Webhooks", () => {
  const body = '{"a":1}';
  const at = 1_700_000_000;
  const good = webhookHeaders({ id: "1", timestampS: at, body }, [KEY]);

  test.each([
    ["nothing is wrong", good, body, at, undefined],
    ["the clocks differ by the tolerance", good, body, at + TOLERANCE_S, undefined],
    ["the timestamp is too old", good, body, at + TOLERANCE_S + 1, /5 minutes/],
    ["the timestamp is too new", good, body, at - TOLERANCE_S - 1, /5 minutes/],
    ["a byte of the body changed", good, '{"a":2}', at, /signature/],
    ["the id changed", { ...good, "webhook-id": "2" }, body, at, /signature/],
    ["the id is missing", { ...good, "webhook-id": undefined }, body, at, /webhook-id/],
    ["the timestamp is no number", { ...good, "webhook-timestamp": "now" }, body, at, /webhook-timestamp/],
    ["there is no signature", { ...good, "webhook-signature": undefined }, body, at, /webhook-signature/],
    ["the signature is of another version", { ...good, "webhook-signature": "v1a,x" }, body, at, /signature/],
  ])("says so when %s", (_what, headers, text, now, problem) => {
    const found = webhookProblem(headers, text, [KEY], now);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(problem);
  });
});
