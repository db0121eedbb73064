/** One POST to a notifier's address, and what its outcome means: the one status-code table of all notifiers that speak HTTP. */

import type { AttemptResult } from "../domain/message.js";
import { EGRESS_REFUSED } from "../lib/connection.js";
import { request } from "../lib/http-client.js";
import type { SendContext } from "./notifier.js";

/** A receiver that asks for more than this is asked again after this, milliseconds. */
const MAX_RETRY_AFTER_MS = 3_600_000;
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RETRIED_STATUSES: readonly number[] = [408, 425, 429];
/** Of an answer whose body says more than its status; some repeat the whole message. */
const MAX_ANSWER_BYTES = 256 * 1024;

export interface Post {
  readonly url: URL;
  /** The address itself is a secret: failures are named by their code alone. */
  readonly secretUrl: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  /**
   * What the answer's body makes of it, where the status alone does not say; undefined leaves it to the table. The body is the
   * receiver's and may repeat what it was sent: nothing of it may be passed on as it is.
   */
  readonly judge?: (status: number, body: string) => AttemptResult | undefined;
}

/** Milliseconds to wait by a Retry-After header (whole seconds or an HTTP date), at most an hour; undefined when it says nothing usable. */
function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const waitMs = /^\d+$/.test(text)
    ? Number(text) * 1000
    : HTTP_DATE.test(text)
      ? Date.parse(text) - nowMs
      : Number.NaN;
  return waitMs > 0 ? Math.min(waitMs, MAX_RETRY_AFTER_MS) : undefined;
}

/** What an answer's status means. */
function judgeStatus(status: number, retryAfter: string | undefined, nowMs: number): AttemptResult {
  if (status >= 200 && status < 300) return { result: "accepted", detail: `HTTP ${status}` };
  if (status >= 300 && status < 400) {
    return {
      result: "rejected",
      reason: `HTTP ${status}: redirects are not followed, configure the address it leads to`,
    };
  }
  if (status >= 500 || RETRIED_STATUSES.includes(status)) {
    const afterMs = retryAfterMs(retryAfter, nowMs);
    return { result: "retry", reason: `HTTP ${status}`, ...(afterMs === undefined ? {} : { afterMs }) };
  }
  return {
    result: "rejected",
    reason: status === 410 ? "HTTP 410: the receiver is gone for good" : `HTTP ${status}`,
  };
}

/**
 * Posts once, on a connection of its own. What failed before anything was written is `retry`; what failed after may have arrived
 * and is `ambiguous`; an address that may not be reached is `rejected`. Reasons hold the host at most, never the path or the query.
 */
export async function postAttempt(post: Post, context: SendContext): Promise<AttemptResult> {
  const { url, secretUrl, headers, body, timeoutMs, judge } = post;
  const { signal, egress, clock } = context;
  const outcome = await request({
    url,
    method: "POST",
    headers,
    body,
    timeoutMs,
    signal,
    egress,
    now: () => clock.now(),
    // Without a judge the first bytes are enough: they bring the status.
    maxBodyBytes: judge === undefined ? 0 : MAX_ANSWER_BYTES,
  });
  if (outcome.ok) {
    const { status } = outcome;
    const byStatus = judgeStatus(status, outcome.headers["retry-after"], clock.now());
    const judged = judge?.(status, outcome.body.toString("utf8"));
    if (judged === undefined) return byStatus;
    // How long to wait stands in a header, whatever the body says.
    return judged.result === "retry" && byStatus.result === "retry"
      ? { ...byStatus, reason: judged.reason }
      : judged;
  }
  const reason = secretUrl ? outcome.code : outcome.message;
  if (outcome.code === EGRESS_REFUSED) return { result: "rejected", reason };
  return outcome.sent
    ? { result: "ambiguous", reason: `it may have arrived: ${reason}` }
    : { result: "retry", reason: `nothing was sent: ${reason}` };
}
