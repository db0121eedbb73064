import { afterEach, describe, expect, it } from "@jest/globals";

import type { HttpRequest } from "../../src/lib/http-message.js";
import { requestFollowing } from "../../src/lib/http-redirects.js";
import { startHttpTarget, type HttpTarget } from "../support/http-target.js";

const ANYWHERE = { refuse: () => undefined };
const open: HttpTarget[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function target(...parameters: Parameters<typeof startHttpTarget>): Promise<HttpTarget> {
  const started = await startHttpTarget(...parameters);
  open.push(started);
  return started;
}

describe("redirects", () => {
  const redirect = (location: string, status = 302) => ({ status, headers: { location } });
  const following = (url: string, limit: number, more: Partial<HttpRequest> = {}) =>
    requestFollowing(
      { url: new URL(url), method: "GET", headers: {}, timeoutMs: 5_000, egress: ANYWHERE, ...more },
      limit,
      ["x-token"],
    );

  it("are followed as often as allowed and no further", async () => {
    const { url, requests } = await target((request, response) => {
      const left = Number(request.url?.slice(1));
      response.writeHead(left > 0 ? 302 : 200, left > 0 ? { location: `/${left - 1}` } : {}).end();
    });
    expect(await following(`${url}3`, 3)).toMatchObject({ hops: 3, result: { ok: true, status: 200 } });
    expect(await following(`${url}3`, 2)).toMatchObject({ hops: 2, result: { ok: true, status: 302 } });
    expect(await following(`${url}1`, 0)).toMatchObject({ hops: 0, result: { ok: true, status: 302 } });
    expect(requests).toHaveLength(4 + 3 + 1);
  });

  it("keep credentials at home", async () => {
    const headers = { authorization: "Bearer t", "x-token": "t", "x-other": "o", cookie: "c" };
    const other = await target({ body: "there" });
    const home = await target((request, response) => {
      response.writeHead(302, { location: request.url === "/" ? "/again" : other.url }).end();
    });
    await following(home.url, 5, { headers });
    expect(home.requests[1]?.headers).toMatchObject(headers);
    expect(Object.keys(other.requests[0]?.headers ?? {}).sort()).toEqual(["connection", "host", "x-other"]);
  });

  it.each([
    [303, "POST", "GET", ""],
    [302, "POST", "GET", ""],
    [307, "POST", "POST", "data"],
    [308, "PUT", "PUT", "data"],
    [303, "HEAD", "HEAD", ""],
  ])("after %i turn %s into %s", async (status, method, then, body) => {
    let seen = "";
    const { url, requests } = await target((request, response) => {
      if (request.url === "/") return void response.writeHead(status, { location: "/next" }).end();
      request.on("data", (chunk) => (seen += String(chunk)));
      request.on("end", () => response.end());
    });
    await following(url, 1, { method, ...(method === "HEAD" ? {} : { body: "data" }) });
    expect(requests[1]?.method).toBe(then);
    expect(seen).toBe(body);
  });

  it.each(["ftp://elsewhere/", "http://", "javascript:alert(1)"])(
    "to %s are not followed",
    async (location) => {
      const { url } = await target(redirect(location));
      expect(await following(url, 3)).toMatchObject({ hops: 0, result: { ok: true, status: 302 } });
    },
  );

  it("share one time limit", async () => {
    const { url } = await target((request, response) => {
      if (request.url === "/") response.writeHead(302, { location: "/never" }).end();
    });
    const begun = performance.now();
    expect((await following(url, 3, { timeoutMs: 150 })).result).toMatchObject({
      ok: false,
      code: "TIMEOUT",
    });
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it("go nowhere that egress refuses", async () => {
    const inside = await target({ body: "secret" });
    const { url } = await target({ status: 302, headers: { location: `http://localhost:${inside.port}/` } });
    const egress = {
      refuse: (_: string, host: string) => (host === "localhost" ? "localhost is off limits" : undefined),
    };
    const first: HttpRequest = { url: new URL(url), method: "GET", headers: {}, timeoutMs: 5_000, egress };
    expect((await requestFollowing(first, 3, [])).result).toMatchObject({
      ok: false,
      code: "EGRESS_REFUSED",
    });
    expect(inside.accepted()).toBe(0);
  });
});
