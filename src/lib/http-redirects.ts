/** Follows redirects a limited number of times; credentials never leave the origin they were meant for. */

import { request } from "./http-client.js";
import type { HttpRequest, HttpResult } from "./http-message.js";

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** After these a request goes on as a GET without its body, as every browser does. */
const BECOMES_GET: readonly number[] = [301, 302, 303];
const CREDENTIALS: readonly string[] = ["authorization", "cookie", "proxy-authorization"];

export interface Redirected {
  readonly result: HttpResult;
  /** How many redirects were followed. */
  readonly hops: number;
}

function targetOf(result: HttpResult, from: URL): URL | undefined {
  if (!result.ok || !REDIRECTS.includes(result.status)) return undefined;
  const { location } = result.headers;
  if (location === undefined || !URL.canParse(location, from.href)) return undefined;
  const url = new URL(location, from.href);
  return url.protocol === "http:" || url.protocol === "https:" ? url : undefined;
}

function withoutCredentials(request: HttpRequest, secretHeaders: readonly string[]): HttpRequest {
  const dropped = [...CREDENTIALS, "host", ...secretHeaders.map((name) => name.toLowerCase())];
  const kept = Object.entries(request.headers).filter(([name]) => !dropped.includes(name.toLowerCase()));
  const { tls, ...rest } = request;
  const { ca, insecure } = tls ?? {};
  return {
    ...rest,
    headers: Object.fromEntries(kept),
    ...(tls === undefined
      ? {}
      : { tls: { ...(ca === undefined ? {} : { ca }), ...(insecure === undefined ? {} : { insecure }) } }),
  };
}

function withoutBody({ body: _body, ...request }: HttpRequest): HttpRequest {
  const kept = Object.entries(request.headers).filter(([name]) => !/^content-(?:type|length)$/i.test(name));
  return {
    ...request,
    method: request.method === "HEAD" ? "HEAD" : "GET",
    headers: Object.fromEntries(kept),
  };
}

function nextRequest(
  before: HttpRequest,
  status: number,
  url: URL,
  secretHeaders: readonly string[],
): HttpRequest {
  const asGet = BECOMES_GET.includes(status) && before.method !== "GET" ? withoutBody(before) : before;
  return { ...(url.origin === before.url.origin ? asGet : withoutCredentials(asGet, secretHeaders)), url };
}

/**
 * Sends a request and follows up to `limit` redirects within the request's one time limit, each hop put before the egress guard.
 * Past the limit, or where a redirect leads nowhere, the redirecting answer is the result. `secretHeaders` are left out, like
 * `authorization`, once the origin changes.
 */
export async function requestFollowing(
  first: HttpRequest,
  limit: number,
  secretHeaders: readonly string[],
): Promise<Redirected> {
  const begun = performance.now();
  let current = first;
  for (let hops = 0; ; hops += 1) {
    const elapsedMs = performance.now() - begun;
    const timeoutMs = Math.max(1, first.timeoutMs - elapsedMs);
    const answer = await request(hops === 0 ? first : { ...current, timeoutMs });
    const result =
      hops === 0 ? answer : { ...answer, phases: { ...answer.phases, total: performance.now() - begun } };
    const url = hops < limit ? targetOf(result, current.url) : undefined;
    if (url === undefined || !result.ok) return { result, hops };
    current = nextRequest(current, result.status, url, secretHeaders);
  }
}
