/**
 * HTTP/1.1 requests with timings: the client of probes and notifiers. A connection of its own unless asked to keep one, no
 * redirects, no proxy, a bounded body; everything that can go wrong out there is a result, never an exception.
 */

import { Exchange } from "./http-exchange.js";
import { ABORTED, TIMEOUT } from "./exchange-fault.js";
import { dropLine, keepLine } from "./http-lines.js";
import type { HttpRequest, HttpResult } from "./http-message.js";

const REPEATABLE: readonly string[] = ["GET", "HEAD", "OPTIONS"];

function exchange(
  request: HttpRequest,
  reuse: boolean,
): Promise<{ readonly result: HttpResult; readonly used: boolean }> {
  return new Promise((resolve) => {
    new Exchange(request, reuse, (result, line) => {
      const used = line.used;
      if (!result.ok || result.truncated) dropLine(line);
      else if (request.keepAlive === true) keepLine(request, line);
      resolve({ result, used });
    }).start();
  });
}

/**
 * Sends one request and waits for its whole answer, `timeoutMs` at most or until `signal` aborts. Never rejects. With
 * `keepAlive`, a request that may be repeated is sent again on a new connection when a kept one turns out to be dead.
 */
export async function request(request: HttpRequest): Promise<HttpResult> {
  const begun = performance.now();
  const { result, used } = await exchange(request, request.keepAlive === true);
  const dead =
    used && !result.ok && result.phase === "first_byte" && result.code !== TIMEOUT && result.code !== ABORTED;
  const leftMs = request.timeoutMs - (performance.now() - begun);
  if (!dead || !REPEATABLE.includes(request.method) || leftMs <= 0) return result;
  return (await exchange({ ...request, timeoutMs: leftMs }, false)).result;
}
