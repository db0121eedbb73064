import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

import { describe, expect, it } from "@jest/globals";

import { http } from "../../src/checks/http.js";
import { probeEgress } from "../../src/lib/egress-rules.js";
import { describeCheckType } from "../contracts/check-type.js";
import { httpCheckBench } from "../support/http-check-bench.js";
import { startHttpTarget } from "../support/http-target.js";
import { secretsFrom } from "../support/probe-context.js";

const { target, only } = httpCheckBench();

describeCheckType({
  type: http,
  network: true,
  start: () => startHttpTarget({ body: { status: "ok", checks: { database: "ok" } } }),
  keys: (port) => ({
    url: `http://127.0.0.1:${port}/ready?api_key=in-the-query`,
    headers: { "x-api-key": "env:KEY" },
    auth: { bearer: "env:TOKEN" },
    expect: { json: { "$.status": "ok" } },
  }),
  absent: { cert_days_left: "plain http has no certificate" },
  secrets: { "env:KEY": "s3cret-key", "env:TOKEN": "s3cret-token", query: "in-the-query" },
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe("an http check", () => {
  it("is good when the address answers 200", async () => {
    const { url } = await target({ body: { status: "ok" } });
    const reading = await only({ url });
    expect(reading.outcome).toBe("good");
    expect(reading.reason).toBeUndefined();
    expect(reading.fields).toMatchObject({
      status: 200,
      json: { status: "ok" },
      text: '{"status":"ok"}',
      headers: { "content-type": "application/json" },
      size_bytes: 15,
      dns_ms: 0,
      tls_ms: 0,
    });
    expect(reading.fields.latency_ms).toBeGreaterThan(0);
  });

  it("is bad and says where when the connection is refused", async () => {
    const port = await closedPort();
    const reading = await only({ url: `http://127.0.0.1:${port}/` });
    expect(reading).toMatchObject({
      outcome: "bad",
      reason: `refused the connection (127.0.0.1:${port})`,
      fields: {},
    });
  });

  it("is bad and says how far it came when nobody answers in time", async () => {
    const { url, drained } = await target(() => undefined);
    const reading = await only({ url }, { timeoutMs: 100 });
    expect(reading.outcome).toBe("bad");
    expect(reading.reason).toMatch(/^did not answer within 100 ms \(connected after \d+ ms\)$/);
    await drained();
  });

  it("sends what it is told to", async () => {
    const { url, requests } = await target((request, response) => request.pipe(response));
    const spec = {
      url,
      method: "POST",
      headers: { "X-Api-Key": "env:KEY", Host: "controller" },
      body: { a: [1] },
    };
    const reading = await only(spec, { secrets: secretsFrom({ "env:KEY": "k-12345\n" }) });
    expect(reading.fields.text).toBe('{"a":[1]}');
    expect(requests[0]?.headers).toMatchObject({
      host: "controller",
      "x-api-key": "k-12345",
      "content-type": "application/json",
      "user-agent": "Tocsin",
    });
  });

  it.each<[string, object, string]>([
    ["a bearer token", { auth: { bearer: "env:T" } }, "Bearer t0ken"],
    ["a password", { auth: { basic: { username: "u", password: "env:T" } } }, `Basic ${btoa("u:t0ken")}`],
  ])("proves itself by %s", async (_, spec, header) => {
    const { url, requests } = await target({});
    await only({ url, ...spec }, { secrets: secretsFrom({ "env:T": "t0ken" }) });
    expect(requests[0]?.headers.authorization).toBe(header);
  });

  it("proves itself by the user and password in the address, and shows neither", async () => {
    const { port, requests } = await target({});
    const url = `http://ops:p%40ss@127.0.0.1:${port}/x?access_token=abcdef&verbose=1#top`;
    await only({ url });
    expect(requests[0]?.headers.authorization).toBe(`Basic ${btoa("ops:p@ss")}`);
    expect(http.target(http.schema.parse({ url }))).toBe(
      `http://127.0.0.1:${port}/x?access_token=****&verbose=1`,
    );
  });
});

describe("what is not the target's fault", () => {
  it.each([
    [401, { auth: { bearer: "env:T" } }, "unknown"],
    [403, { headers: { "x-runtime-token": "env:T" } }, "unknown"],
    [401, {}, "bad"],
    [403, { headers: { "x-other": "1" } }, "bad"],
    [500, { auth: { bearer: "env:T" } }, "bad"],
  ])("a %i with %j is %s", async (status, spec, outcome) => {
    const { url } = await target({ status });
    const reading = await only({ url, ...spec }, { secrets: secretsFrom({ "env:T": "t0ken" }) });
    expect(reading.outcome).toBe(outcome);
    expect(reading.reason).toBe(
      outcome === "unknown"
        ? `answered ${status}: the configured credentials were refused`
        : `answered ${status}`,
    );
  });

  it("a 401 that is expected is good", async () => {
    const { url } = await target({ status: 401 });
    const spec = { url, auth: { bearer: "env:T" }, expect: { status: 401 } };
    expect((await only(spec, { secrets: secretsFrom({ "env:T": "t" }) })).outcome).toBe("good");
  });

  it.each<[string, object, string]>([
    ["a missing token", { url: "http://127.0.0.1:1/", auth: { bearer: "env:T" } }, "env:T is not set"],
    ["a missing address", { url: "env:U" }, "env:U is not set"],
    ["an address that is none", { url: "env:NOT_URL" }, "env:NOT_URL holds no http:// or https:// URL"],
    [
      "a missing authority",
      { url: "https://127.0.0.1:1/", tls: { ca: "/no/such" } },
      "file:/no/such is not set",
    ],
    [
      "an address that egress refuses",
      { url: "http://169.254.169.254/latest/" },
      "egress is not allowed: 169.254.169.254 is a cloud metadata address",
    ],
    [
      "a header that cannot be sent",
      { url: "http://127.0.0.1:1/", headers: { a: "b\u0000c" } },
      "the request cannot be sent: invalid a header",
    ],
  ])("%s is unknown", async (_, spec, reason) => {
    const context = {
      secrets: secretsFrom({ "env:NOT_URL": "s3cret" }),
      egress: probeEgress({ allow: [], deny: [] }),
    };
    expect(await only(spec, context)).toMatchObject({ outcome: "unknown", reason, fields: {} });
  });

  it("being stopped before the deadline is unknown", async () => {
    const { url } = await target(() => undefined);
    const reading = await only({ url }, { signal: AbortSignal.abort() });
    expect(reading).toMatchObject({
      outcome: "unknown",
      reason: expect.stringMatching(/^was stopped after/),
    });
  });
});

describe("secrets", () => {
  it("do not come back in anything an answer repeats", async () => {
    const { url, port } = await target((request, response) => {
      const { authorization = "", "x-api-key": key = "" } = request.headers;
      const headers = {
        "x-echo": String(key),
        "set-cookie": "session=abc",
        "content-type": "application/json",
      };
      response.writeHead(500, headers);
      const said = [authorization, key, request.url].join(" ");
      response.end(JSON.stringify({ status: "error", error: said, checks: { db: said } }));
    });
    const secrets = secretsFrom({
      "env:T": "s3cret-token",
      "env:K": 'quo"ted-key',
      "env:U": `http://u:pa55word@127.0.0.1:${port}/?k=queryvalue`,
    });
    const readings = [
      await only(
        { url: `${url}?token=inquery1`, headers: { "x-api-key": "env:K" }, auth: { bearer: "env:T" } },
        { secrets },
      ),
      await only({ url: "env:U" }, { secrets }),
      await only({ url, auth: { basic: { username: "u", password: "env:T" } } }, { secrets }),
    ];
    const all = JSON.stringify(readings);
    const hidden = ["s3cret-token", "ted-key", "pa55word", "queryvalue", "inquery1", "session=abc"];
    expect([...hidden, btoa("u:s3cret-token")].filter((each) => all.includes(each))).toEqual([]);
    expect(all).toContain("****");
  });
});

describe("secrets that are words like any other", () => {
  const body = { ready: true, code: 2024, db: "postgres", checks: { postgres: "ok", redis: "ok" } };

  it.each<[string, object]>([
    [
      "a password that is also the name of a dependency",
      {
        auth: { basic: { username: "u", password: "env:P" } },
        expect: { json: { "$.checks.postgres": "ok", "$.db": "postgres" }, contains: '"db":"postgres"' },
      },
    ],
    ["a query value that is also a number", { expect: { json: { "$.ready": true } } }],
    [
      "an address by reference whose query says true",
      { url: "env:U", expect: { json: { "$.ready": true } } },
    ],
  ])("do not make a healthy answer look ill: %s", async (_, spec) => {
    const { url, port } = await target({ body });
    const secrets = secretsFrom({ "env:P": "postgres", "env:U": `http://127.0.0.1:${port}/?full=true` });
    const reading = await only({ url: `${url}?code=2024`, ...spec }, { secrets });
    expect(reading).toMatchObject({ outcome: "good" });
    expect(reading.reason).toBeUndefined();
  });
});

describe("redirects", () => {
  it("are followed when allowed", async () => {
    const { url } = await target((request, response) => {
      if (request.url === "/") response.writeHead(301, { location: "/ready/" }).end();
      else response.end("OK");
    });
    expect(await only({ url, redirects: 1, expect: { contains: "OK" } })).toMatchObject({ outcome: "good" });
  });
});

describe("the schema", () => {
  it.each([
    ["no address", {}],
    ["an address that is none", { url: "controller:8000" }],
    ["another protocol", { url: "ftp://x/" }],
    ["an unknown key", { url: "http://x/", expects: {} }],
    ["an unknown expectation", { url: "http://x/", expect: { body: "x" } }],
    ["a status that is none", { url: "http://x/", expect: { status: 99 } }],
    ["a path that is none", { url: "http://x/", expect: { json: { "$[*]": 1 } } }],
    ["a token in the clear", { url: "http://x/", auth: { bearer: "abc" } }],
    ["a header name that is none", { url: "http://x/", headers: { "a b": "c" } }],
  ])("refuses %s", (_, spec) => {
    expect(http.schema.safeParse(spec).success).toBe(false);
  });

  it("gives plain JSON", () => {
    const spec = http.schema.parse({ url: "http://x/", expect: { max_latency: "1s" }, max_body: "1MiB" });
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(spec).toMatchObject({
      method: "GET",
      max_body: 1_048_576,
      expect: { status: 200, max_latency: 1_000 },
    });
  });
});
