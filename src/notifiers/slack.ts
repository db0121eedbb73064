/** The `slack` notifier: a webhook that can only say things anew, or a bot that keeps one message up to date and answers it in its thread. */

import { z } from "zod";

import type { AttemptResult, Message } from "../domain/message.js";
import {
  addressValue,
  allowPrivateValue,
  bearer,
  resolvedAddress,
  timeoutValue,
  withSettings,
} from "./http-settings.js";
import { secretValue } from "../lib/spec-values.js";
import { postAttempt } from "./http-attempt.js";
import type { Notifier, SendContext } from "./notifier.js";
import type { SlackBlock } from "./slack-blocks.js";
import { slackBlocks, slackHeadline, slackReply } from "./slack-blocks.js";
import { callSlack, webhookAnswer } from "./slack-api.js";
import type { SlackCall } from "./slack-api.js";

/** Three alerts of eight rows, twenty lines, closing rows: far below the 50 blocks and 40,000 characters that are taken. */
const MAX_BODY_BYTES = 32 * 1024;
const CHANNEL = /^(?:[CGD][A-Z0-9]{5,}|#?[^\s#<>@,&|]{1,80})$/u;
const MENTION = /^(?:here|channel|everyone|[UWS][A-Z0-9]{5,})$/;
const RECEIPT = /^([CGD][A-Z0-9]+):(\d+\.\d+)$/;

const schema = z
  .strictObject({
    webhook: secretValue()
      .optional()
      .describe("The address of an incoming webhook, which is a secret; or `token` and `channel`"),
    token: secretValue()
      .optional()
      .describe("A bot token (`xoxb-…`) with the scope `chat:write`; needs `channel`"),
    channel: z
      .string()
      .regex(CHANNEL, "expected a channel's id (C0123456789) or name")
      .optional()
      .describe("Where the bot writes: the channel's id, or its name; the bot must be a member of it"),
    mention: z
      .array(z.string().regex(MENTION, "expected here, channel, everyone, or the id of a member or a group"))
      .max(10)
      .default([])
      .describe("Whom a critical page mentions: `here`, `channel`, ids of members (U…) or user groups (S…)"),
    api_url: addressValue()
      .default("https://slack.com/api")
      .describe("Where the API is, for `token`; `https://slack-gov.com/api` for GovSlack"),
    allow_private: allowPrivateValue,
    timeout: timeoutValue,
  })
  .refine(
    ({ webhook, token, channel }) =>
      (webhook === undefined) !== (token === undefined && channel === undefined),
    {
      message: "expected either `webhook`, or `token` and `channel`",
    },
  )
  .refine(({ token, channel }) => (token === undefined) === (channel === undefined), {
    message: "expected `token` and `channel` together",
  });

export type SlackSpec = z.output<typeof schema>;

/** How the incident stands, and what is new of it. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
  readonly reply: string;
  /** The answer in the thread is shown in the channel, too. */
  readonly broadcast: boolean;
}

function mentionText(message: Message, { mention }: SlackSpec): string {
  if (!message.page || message.severity !== "critical") return "";
  const marks = mention.map((each) => {
    if (/^[a-z]/.test(each)) return `<!${each}>`;
    return each.startsWith("S") ? `<!subteam^${each}>` : `<@${each}>`;
  });
  return marks.length === 0 ? "" : `${marks.join(" ")} `;
}

function render(message: Message, spec: SlackSpec): SlackMessage {
  const mentions = mentionText(message, spec);
  return {
    text: slackHeadline(message, mentions),
    blocks: slackBlocks(message, mentions),
    reply: slackReply(message, mentions),
    broadcast: message.page,
  };
}

/** Nothing is looked up or unfolded on behalf of what a check said. */
const PLAIN = { parse: "none", link_names: false, unfurl_links: false, unfurl_media: false } as const;

async function sendByWebhook(
  { text, blocks }: SlackMessage,
  ref: string,
  spec: SlackSpec,
  context: SendContext,
): Promise<AttemptResult> {
  const post = {
    url: await resolvedAddress("webhook", ref, context),
    secretUrl: true,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ text, blocks, ...PLAIN }),
    timeoutMs: spec.timeout,
    judge: webhookAnswer,
  };
  return postAttempt(post, context);
}

/**
 * What stands is brought up to date first, which may be repeated; then what is new is answered to it, which may not. When what stands is
 * not known, or is gone, it is said anew.
 */
async function sendByBot(
  message: SlackMessage,
  channel: string,
  call: SlackCall,
  receipt?: string,
): Promise<AttemptResult> {
  const { text, blocks, reply, broadcast } = message;
  const [, known, ts] = RECEIPT.exec(receipt ?? "") ?? [];
  if (known !== undefined && ts !== undefined) {
    const updated = await call("chat.update", { channel: known, ts, text, blocks });
    if (updated.result.result !== "accepted" && !updated.isGone) return updated.result;
    if (!updated.isGone) {
      const answer = { channel: known, thread_ts: ts, text: reply, reply_broadcast: broadcast, ...PLAIN };
      const { result } = await call("chat.postMessage", answer);
      return result.result === "accepted" ? { ...result, receipt: `${known}:${ts}` } : result;
    }
  }
  const { result, message: posted } = await call("chat.postMessage", { channel, text, blocks, ...PLAIN });
  if (result.result !== "accepted" || posted === undefined) return result;
  return { ...result, receipt: `${posted.channel}:${posted.ts}` };
}

function send(message: SlackMessage, spec: SlackSpec, context: SendContext): Promise<AttemptResult> {
  return withSettings(async () => {
    const { webhook, token, channel } = spec;
    if (webhook !== undefined) return sendByWebhook(message, webhook, spec, context);
    const authorization = await bearer("token", token ?? "", context);
    const api = await resolvedAddress("api_url", spec.api_url, context);
    return sendByBot(
      message,
      channel ?? "",
      callSlack({ api, authorization, timeoutMs: spec.timeout }, context),
      context.receipt,
    );
  });
}

export const slack = Object.freeze<Notifier<SlackSpec, SlackMessage>>({
  type: "slack",
  summary: "Writes to a Slack channel; as a bot it keeps one message an incident up to date",
  schema,
  limits: { textLength: MAX_BODY_BYTES, perMinute: 60 },
  supports: { end: true, key: false },
  render,
  send,
  target: ({ webhook, channel }) =>
    channel === undefined ? `webhook ${webhook ?? ""}` : `channel ${channel}`,
  example: ["type: slack", "token: env:SLACK_BOT_TOKEN", "channel: C0123456789", "mention: [here]", ""].join(
    "\n",
  ),
});
