import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";

import { afterEach, describe, expect, it } from "@jest/globals";

import { notifierEgress } from "../../src/lib/egress-rules.js";
import { request } from "../../src/lib/http-client.js";
import type { HttpRequest, HttpResult } from "../../src/lib/http-message.js";
import { startFaultProxy, type Fault } from "../support/fault-proxy.js";
import { startHttpTarget, type HttpTarget } from "../support/http-target.js";

const ANYWHERE = { refuse: () => undefined };
const open: { close: () => Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function target(...parameters: Parameters<typeof startHttpTarget>): Promise<HttpTarget> {
  const started = await startHttpTarget(...parameters);
  open.push(started);
  return started;
}

/** A TCP server that says these bytes to whoever says something. */
async function raw(...chunks: readonly (string | Buffer)[]): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      for (const chunk of chunks) socket.write(chunk);
      socket.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function ask(url: string, more: Partial<HttpRequest> = {}): Promise<HttpResult> {
  return request({
    url: new URL(url),
    method: "GET",
    headers: {},
    timeoutMs: 5_000,
    egress: ANYWHERE,
    ...more,
  });
}

function textOf(result: HttpResult): string {
  return result.ok ? result.body.toString() : result.message;
}

describe("an HTTP request", () => {
  it("brings back status, headers, body, size, phases and address", async () => {
    const { url, port } = await target({
      status: 418,
      headers: { "x-kind": "teapot" },
      body: "short and stout",
    });
    const result = await ask(url);
    expect(result).toMatchObject({
      ok: true,
      status: 418,
      headers: { "x-kind": "teapot" },
      sizeBytes: 15,
      truncated: false,
      remoteAddress: `127.0.0.1:${port}`,
    });
    expect(textOf(result)).toBe("short and stout");
    expect(Object.keys(result.phases)).toEqual(["connect", "firstByte", "total"]);
  });

  it("carries method, headers and body", async () => {
    const { url, requests } = await target((request, response) => request.pipe(response));
    const result = await ask(`${url}path?q=1`, { method: "POST", headers: { "x-a": "b" }, body: "ping" });
    expect(textOf(result)).toBe("ping");
    expect(requests[0]).toMatchObject({ method: "POST", url: "/path?q=1" });
    expect(requests[0]?.headers).toMatchObject({ "x-a": "b", "content-length": "4" });
  });

  it("uses a connection of its own each time and leaves none behind", async () => {
    const { url, accepted, drained } = await target({ body: "OK" });
    await ask(url);
    await ask(url);
    expect(accepted()).toBe(2);
    await drained();
  });

  it("uses one connection again when told to", async () => {
    const { url, accepted } = await target({ body: "OK" });
    await ask(url, { keepAlive: true });
    const second = await ask(url, { keepAlive: true });
    expect(accepted()).toBe(1);
    expect(second.phases.connect).toBeUndefined();
    expect(second).toMatchObject({ ok: true, remoteAddress: expect.stringMatching(/^127/) });
  });

  it("asks again on a new connection when the kept one has died", async () => {
    let served = 0;
    const { url, accepted } = await target((request, response) => {
      served += 1;
      if (served === 2) request.socket.destroy();
      else response.end("OK");
    });
    await ask(url, { keepAlive: true });
    expect(await ask(url, { keepAlive: true })).toMatchObject({ ok: true, status: 200 });
    expect(accepted()).toBe(2);
  });

  it("never repeats what may have had its effect", async () => {
    let served = 0;
    const { url } = await target((request, response) => {
      served += 1;
      if (served === 2) request.socket.destroy();
      else response.end("OK");
    });
    await ask(url, { keepAlive: true });
    const post = await ask(url, { keepAlive: true, method: "POST", body: "x" });
    expect(post).toMatchObject({ ok: false, sent: true });
    expect(served).toBe(2);
  });

  it("stops reading where it was told, and says how long the body was", async () => {
    const { url, drained } = await target({
      headers: { "content-length": "100000" },
      body: "x".repeat(100_000),
    });
    const result = await ask(url, { maxBodyBytes: 1_000 });
    expect(result).toMatchObject({ ok: true, truncated: true, sizeBytes: 100_000 });
    expect(textOf(result)).toHaveLength(1_000);
    await drained();
  });

  it("resolves names, each once at a time", async () => {
    const { port } = await target({ body: "OK" });
    const results = await Promise.all([1, 2, 3].map(() => ask(`http://localhost:${port}/`)));
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(results[0]?.phases.dns).toBeGreaterThanOrEqual(0);
  });

  it("gives up at its time limit and closes what it had", async () => {
    const { url, drained } = await target(() => undefined);
    const result = await ask(url, { timeoutMs: 50 });
    expect(result).toMatchObject({
      ok: false,
      code: "TIMEOUT",
      phase: "first_byte",
      sent: true,
      fault: "target",
    });
    await drained();
  });

  it("tells being stopped from running out of time", async () => {
    const { url, drained } = await target(() => undefined);
    const stop = new AbortController();
    const result = ask(url, { signal: stop.signal });
    stop.abort();
    expect(await result).toMatchObject({ ok: false, code: "ABORTED", fault: "ours" });
    expect(await ask(url, { signal: stop.signal })).toMatchObject({
      ok: false,
      code: "ABORTED",
      sent: false,
    });
    await drained();
  });

  it("says that nothing was sent when the headers cannot be", async () => {
    const { url, requests } = await target({});
    const result = await ask(url, { headers: { "x-bad": "two\nlines" } });
    expect(result).toMatchObject({ ok: false, fault: "ours", sent: false });
    expect(requests).toHaveLength(0);
  });
});

describe("an answer that is none", () => {
  it.each<[string, readonly string[], string]>([
    ["is not HTTP", ["SSH-2.0-OpenSSH_9.2\r\n"], "answered something that is not HTTP/1.1"],
    ["is nothing at all", [], "closed the connection without answering"],
    [
      "ends before its time",
      ["HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort"],
      "cut its answer short after 5 bytes",
    ],
    [
      "ends inside a chunk",
      ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nshort"],
      "cut its answer short after 5 bytes",
    ],
    [
      "switches protocols",
      ["HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"],
      "answered something that is not HTTP/1.1",
    ],
    [
      "has endless headers",
      [`HTTP/1.1 200 OK\r\nx: ${"y".repeat(40_000)}\r\n\r\n`],
      "sent larger headers than any client accepts",
    ],
  ])("is reported when it %s", async (_, chunks, message) => {
    expect(await ask(await raw(...chunks))).toMatchObject({
      ok: false,
      fault: "target",
      sent: true,
      message,
    });
  });

  it.each<[Fault, string]>([
    [{ kind: "reset" }, "reset the connection before answering"],
    [{ kind: "blackhole" }, "did not answer within 300 ms"],
    [{ kind: "garbage" }, "answered something that is not HTTP/1.1"],
    [{ kind: "throttle", bytesPerSecond: 1_000 }, "did not finish its answer within 300 ms"],
  ])("is reported through a network with the fault %j", async (fault, message) => {
    const { port, drained } = await target({ body: "x".repeat(5_000) });
    const proxy = await startFaultProxy(port);
    open.push(proxy);
    proxy.set(fault);
    const result = await ask(`http://127.0.0.1:${proxy.port}/`, { timeoutMs: 300 });
    expect(result).toMatchObject({ ok: false, fault: "target", sent: true });
    expect(textOf(result)).toContain(message);
    await proxy.drained();
    await drained();
  });
});

describe("an address that cannot be reached", () => {
  it.each([
    ["http://nobody.invalid/", "ENOTFOUND", "host name does not exist (nobody.invalid)", "target"],
    ["http://127.0.0.1:1/", "ECONNREFUSED", "refused the connection (127.0.0.1:1)", "target"],
    ["http://[::ffff:127.0.0.1]:1/", "ECONNREFUSED", "refused the connection ([::ffff:7f00:1]:1)", "target"],
  ])("%s is %s", async (url, code, message, fault) => {
    expect(await ask(url)).toMatchObject({ ok: false, code, message, fault, sent: false });
  });

  it("says nothing about the target when this machine cannot get there", async () => {
    expect(await ask("http://255.255.255.255/")).toMatchObject({
      ok: false,
      fault: "ours",
      message: expect.stringMatching(/^this machine/),
    });
  });
});

describe("the egress guard", () => {
  const outside = notifierEgress({ allow: [], deny: [], allowPrivate: false });

  it("refuses an address before anything is opened", async () => {
    const { port, accepted } = await target({});
    const result = await ask(`http://127.0.0.1:${port}/`, { egress: outside });
    expect(result).toMatchObject({
      ok: false,
      code: "EGRESS_REFUSED",
      sent: false,
      fault: "ours",
      message: "egress is not allowed: 127.0.0.1 is this machine itself",
    });
    expect(accepted()).toBe(0);
  });

  it("refuses a name by the address it leads to", async () => {
    const { port, accepted } = await target({});
    const result = await ask(`http://localhost:${port}/`, { egress: outside });
    expect(result).toMatchObject({ ok: false, code: "EGRESS_REFUSED", phase: "connect" });
    expect(accepted()).toBe(0);
  });
});
