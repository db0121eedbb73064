/** Calls to Slack and what its answers mean: the Web API says 200 to almost everything, and puts the outcome into the body. */

import type { AttemptResult } from "../domain/message.js";
import { postAttempt } from "./http-attempt.js";
import type { SendContext } from "./notifier.js";

const WORD = /^[a-z][a-z_]{0,59}$/;
/** Slack did not do it. */
const RETRIED: readonly string[] = [
  "ratelimited",
  "rate_limited",
  "service_unavailable",
  "team_added_to_org",
  "request_timeout",
];
/** "It is possible some aspect of the operation succeeded before the error was raised", says Slack of these. */
const AMBIGUOUS: readonly string[] = ["internal_error", "fatal_error"];
/** The message that was to be changed is not there any more, or may not be changed any more. */
const GONE: readonly string[] = [
  "message_not_found",
  "cant_update_message",
  "edit_window_closed",
  "is_inactive",
  "channel_not_found",
  "thread_not_found",
];

interface Posted {
  readonly channel: string;
  readonly ts: string;
}

interface SlackOutcome {
  readonly result: AttemptResult;
  /** What an accepted call has made or changed. */
  readonly message?: Posted;
  readonly isGone: boolean;
}

export type SlackCall = (method: string, body: Readonly<Record<string, unknown>>) => Promise<SlackOutcome>;

interface ApiAnswer {
  readonly ok?: unknown;
  readonly error?: unknown;
  readonly channel?: unknown;
  readonly ts?: unknown;
}

function parsed(body: string): ApiAnswer | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Slack's word for what went wrong; anything else is not repeated. */
function word(error: unknown): string {
  return typeof error === "string" && WORD.test(error) ? error : "an error it has no word for";
}

function apiResult(answer: ApiAnswer): AttemptResult {
  if (answer.ok === true) return { result: "accepted" };
  const error = word(answer.error);
  if (RETRIED.includes(error)) return { result: "retry", reason: `Slack: ${error}` };
  if (AMBIGUOUS.includes(error)) return { result: "ambiguous", reason: `Slack: ${error}` };
  return { result: "rejected", reason: `Slack: ${error}` };
}

/** A way to call methods; what was made is handed back with the outcome. */
export function callSlack(
  {
    api,
    authorization,
    timeoutMs,
  }: { readonly api: URL; readonly authorization: string; readonly timeoutMs: number },
  context: SendContext,
): SlackCall {
  return async (method, body) => {
    let message: Posted | undefined;
    let isGone = false;
    const judge = (status: number, text: string): AttemptResult | undefined => {
      if (status < 200 || status > 299) return undefined;
      const answer = parsed(text);
      if (answer === undefined) return { result: "ambiguous", reason: `HTTP ${status}, but not from Slack` };
      isGone = GONE.includes(String(answer.error));
      if (typeof answer.channel === "string" && typeof answer.ts === "string")
        message = { channel: answer.channel, ts: answer.ts };
      return apiResult(answer);
    };
    const post = {
      url: new URL(`${api.origin}${api.pathname.replace(/\/$/, "")}/${method}`),
      secretUrl: false,
      headers: { "content-type": "application/json; charset=utf-8", authorization },
      body: JSON.stringify(body),
      timeoutMs,
      judge,
    };
    const result = await postAttempt(post, context);
    return { result, isGone, ...(message === undefined ? {} : { message }) };
  };
}

/** What a webhook's answer means: `ok`, or a word with a status. */
export function webhookAnswer(status: number, body: string): AttemptResult | undefined {
  const text = body.trim();
  if (status >= 200 && status < 300) {
    return text === "ok"
      ? { result: "accepted" }
      : { result: "ambiguous", reason: `HTTP ${status}, but not from Slack` };
  }
  if (status < 400 || status > 499 || !WORD.test(text) || [408, 425, 429].includes(status)) return undefined;
  return { result: "rejected", reason: `HTTP ${status}: ${text}` };
}
