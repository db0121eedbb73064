/** The `ntfy` notifier: a push message to phones, short enough to be one. */

import { z } from "zod";

import type { AttemptResult, Message } from "../domain/message.js";
import { SECRET_PATTERN, secretValue } from "../lib/spec-values.js";
import { oneLine, truncateBytes } from "../lib/text.js";
import { postAttempt } from "./http-attempt.js";
import {
  addressValue,
  allowPrivateValue,
  bearer,
  resolved,
  resolvedAddress,
  shownAddress,
  timeoutValue,
  Unusable,
  withSettings,
} from "./http-settings.js";
import type { AlertPart, MessageParts, Row } from "./message-parts.js";
import { endedUnseen, headline, hiddenAlerts, hiddenText, isEnd, messageParts } from "./message-parts.js";
import type { Notifier, SendContext } from "./notifier.js";

const TOPIC = /^[-_A-Za-z0-9]{1,64}$/;
/** A server makes an attachment of a message beyond 4096 bytes, and refuses a body of twice that; JSON may double what it quotes. */
const MAX_MESSAGE_BYTES = 2_500;
/** A phone shows no more of a line than that at a glance. */
const MAX_LINE_BYTES = 160;
const MAX_NOTES = 2;
const MAX_TITLE_BYTES = 250;
const MAX_BODY_BYTES = 8_192;
const MAX_URL_LENGTH = 300;
const MAX_ACTIONS = 3;
const MAX_ALSO = 10;
const DEFAULT_PRIORITY = 3;

const priority = z.int().min(1).max(5);

const schema = z.strictObject({
  server: addressValue().default("https://ntfy.sh").describe("The server's address, without the topic"),
  topic: z
    .string()
    .refine(
      (text) => SECRET_PATTERN.test(text) || TOPIC.test(text),
      "expected a topic, env:NAME or file:PATH",
    )
    .describe(
      "The topic, or a reference to it: without `token` whoever knows it can read it and write to it",
    ),
  token: secretValue().optional().describe("An access token (`tk_…`)"),
  priorities: z
    .strictObject({ critical: priority.default(5), warning: priority.default(4) })
    .prefault({})
    .describe("Priorities of pages, 1 to 5, by severity; news and ends have 3 at most"),
  allow_private: allowPrivateValue,
  timeout: timeoutValue,
});

export type NtfySpec = z.output<typeof schema>;

/** What is published, all but the topic. */
export interface NtfyMessage {
  readonly title: string;
  readonly message: string;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly click?: string;
  readonly actions: readonly { readonly action: "view"; readonly label: string; readonly url: string }[];
}

function line({ label, text, whole }: Row): string {
  return `${label}: ${whole === true ? text : truncateBytes(text, MAX_LINE_BYTES)}`;
}

function alsoLine({ alert, summary }: AlertPart): string {
  return `also: ${truncateBytes(summary, MAX_LINE_BYTES)} (${alert.severity})`;
}

function closingLines(closing: readonly Row[]): readonly string[] {
  const notes = closing.filter(({ label }) => label === "note").slice(0, MAX_NOTES);
  return closing
    .filter((row) => row.label !== "link" && (row.label !== "note" || notes.includes(row)))
    .map(line);
}

/** Who has it and what comes next must not be lost to a long list: what there is no room for is missing from the middle. */
function text({ alerts, closing }: MessageParts, message: Message): string {
  const [worst, ...others] = alerts;
  const last = closingLines(closing);
  const first = worst?.rows.map(line) ?? [];
  const also: string[] = [];
  for (const part of others.slice(0, MAX_ALSO)) {
    const next = alsoLine(part);
    const whole = [...first, ...also, next, hiddenText(message.more + alerts.length), ...last];
    if (Buffer.byteLength(whole.join("\n")) > MAX_MESSAGE_BYTES) break;
    also.push(next);
  }
  const hidden = hiddenAlerts(message, 1 + also.length);
  const whole = [...first, ...also, ...(hidden > 0 ? [hiddenText(hidden)] : []), ...last];
  return truncateBytes(whole.join("\n"), MAX_MESSAGE_BYTES);
}

function isUrl(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url) && url.length <= MAX_URL_LENGTH;
}

function tagOf(message: Message): string {
  if (isEnd(message)) return endedUnseen(message) === undefined ? "white_check_mark" : "grey_question";
  if (message.acknowledged !== undefined) return "eyes";
  return message.severity === "critical" ? "rotating_light" : "warning";
}

function priorityOf({ page, severity }: Message, { priorities }: NtfySpec): number {
  const own = severity === "info" ? DEFAULT_PRIORITY : priorities[severity];
  return page ? own : Math.min(own, DEFAULT_PRIORITY);
}

function render(message: Message, spec: NtfySpec): NtfyMessage {
  const links = Object.entries(message.links).filter(([, url]) => isUrl(url));
  const actions = links
    .slice(0, MAX_ACTIONS)
    .map(([name, url]) => ({ action: "view" as const, label: truncateBytes(oneLine(name), 40), url }));
  const [first] = actions;
  return {
    title: truncateBytes(headline(message), MAX_TITLE_BYTES),
    message: text(messageParts(message), message),
    priority: priorityOf(message, spec),
    tags: [tagOf(message)],
    ...(first === undefined ? {} : { click: first.url }),
    actions,
  };
}

async function topicOf(spec: NtfySpec, context: SendContext): Promise<string> {
  if (!SECRET_PATTERN.test(spec.topic)) return spec.topic;
  const topic = (await resolved("topic", spec.topic, context)).trim();
  if (!TOPIC.test(topic)) throw new Unusable(`topic: ${spec.topic} holds no topic`);
  return topic;
}

/** A message goes to the server's root as JSON, so that no text of it has to fit into a header. */
function send(message: NtfyMessage, spec: NtfySpec, context: SendContext): Promise<AttemptResult> {
  return withSettings(async () => {
    const url = await resolvedAddress("server", spec.server, context);
    const authorization =
      spec.token === undefined ? {} : { authorization: await bearer("token", spec.token, context) };
    const post = {
      url,
      secretUrl: SECRET_PATTERN.test(spec.server),
      headers: { "content-type": "application/json", ...authorization },
      body: JSON.stringify({ topic: await topicOf(spec, context), ...message }),
      timeoutMs: spec.timeout,
    };
    return postAttempt(post, context);
  });
}

export const ntfy = Object.freeze<Notifier<NtfySpec, NtfyMessage>>({
  type: "ntfy",
  summary: "Pushes a short message to phones by ntfy",
  schema,
  limits: { textLength: MAX_BODY_BYTES, perMinute: 12 },
  supports: { end: true, key: false },
  render,
  send,
  target: ({ server, topic }) => `${shownAddress(server)}, topic ${topic}`,
  example: ["type: ntfy", "topic: env:NTFY_TOPIC", "token: env:NTFY_TOKEN", ""].join("\n"),
});
