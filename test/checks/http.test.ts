import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, it } from "@jest/globals";

import { http } from "../../src/checks/http.js";
import type { ProbeContext } from "../../src/checks/check-type.js";
import type { Reading } from "../../src/domain/reading.js";
import { startHttpTarget, type HttpTarget } from "../support/http-target.js";
import { probeContext, secretsFrom } from "../support/probe-context.js";

const open: HttpTarget[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function target(...parameters: Parameters<typeof startHttpTarget>): Promise<HttpTarget> {
  const started = await startHttpTarget(...parameters);
  open.push(started);
  return started;
}

async function probe(spec: object, context: Partial<ProbeContext> = {}): Promise<readonly Reading[]> {
  return http.probe(http.schema.parse(spec), probeContext(context));
}

async function only(spec: object, context: Partial<ProbeContext> = {}): Promise<Reading> {
  const [reading, ...more] = await probe(spec, context);
  if (reading === undefined || more.length > 0) throw new Error("expected one reading");
  return reading;
}

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
      size_bytes: 15,
      dns_ms: 0,
      tls_ms: 0,
    });
  });

  it("is bad and says where when the connection is refused", async () => {
    const port = await closedPort();
    const reading = await only({ url: `http://127.0.0.1:${port}/` });
    expect(reading).toMatchObject({ outcome: "bad", reason: `refused the connection (127.0.0.1:${port})` });
  });

  it("is bad and says how far it came when nobody answers in time", async () => {
    const { url, drained } = await target(() => undefined);
    const reading = await only({ url }, { timeoutMs: 100 });
    expect(reading.outcome).toBe("bad");
    expect(reading.reason).toMatch(/^did not answer within 100 ms \(connected after \d+ ms\)$/);
    await drained();
  });

  it("names the parts in trouble beside an unexpected status", async () => {
    const { url } = await target({
      status: 503,
      body: { status: "error", checks: { database: "error", detail: "timeout" } },
    });
    const reading = await only({ url });
    expect(reading).toMatchObject({
      outcome: "bad",
      reason: "answered 503; database: error (timeout)",
      parts: { database: { outcome: "bad", detail: "error (timeout)" } },
    });
  });

  it("is unknown when a secret is missing", async () => {
    const reading = await only(
      { url: "http://127.0.0.1:1/", auth: { bearer: "env:TOKEN" } },
      { secrets: secretsFrom({}) },
    );
    expect(reading).toMatchObject({ outcome: "unknown", reason: "env:TOKEN is not set" });
  });
});
