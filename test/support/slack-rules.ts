/** What Slack refuses, as its documentation says: a message that passes here is one that Slack takes. */

import type { IncomingMessage } from "node:http";

import { header } from "./delivery-rules.js";

const MAX_BLOCKS = 50;
const MAX_SECTION = 3000;
const MAX_CONTEXT_ELEMENTS = 10;
const MAX_TEXT = 40_000;
/** What is in angle brackets is one of these, or Slack shows something that nobody meant. */
const MARKUP =
  /^<(?:https?:\/\/[^<>|\s]+(?:\|[^<>|]*)?|!(?:here|channel|everyone)|!subteam\^S[A-Z0-9]+|@[UW][A-Z0-9]+)>$/;

interface Text {
  readonly type?: unknown;
  readonly text?: unknown;
}

interface Block {
  readonly type?: unknown;
  readonly text?: Text;
  readonly elements?: readonly Text[];
}

export interface SlackBody {
  readonly channel?: string;
  readonly ts?: string;
  readonly thread_ts?: string;
  readonly text?: string;
  readonly blocks?: readonly Block[];
  readonly reply_broadcast?: boolean;
}

/** Whether a text of mrkdwn is one: its control characters are escaped where they are not markup. */
function textProblem({ type, text }: Text, most: number): string | undefined {
  if (type !== "mrkdwn" || typeof text !== "string" || text === "") return "no text";
  if (text.length > most) return "text too long";
  const bare = text.replace(/<[^<>]*>/g, (markup) => (MARKUP.test(markup) ? "" : markup));
  if (/[<>]/.test(bare)) return `not escaped: ${bare}`;
  return /&(?!amp;|lt;|gt;)/.test(bare) ? `not escaped: ${bare}` : undefined;
}

function blockProblem(block: Block): string | undefined {
  switch (block.type) {
    case "section":
      return block.text === undefined ? "a section without a text" : textProblem(block.text, MAX_SECTION);
    case "context": {
      const { elements = [] } = block;
      if (elements.length === 0 || elements.length > MAX_CONTEXT_ELEMENTS) return "elements of a context";
      return elements.map((each) => textProblem(each, MAX_SECTION)).find((each) => each !== undefined);
    }
    default:
      return `a block of type ${String(block.type)}`;
  }
}

function contentProblem({ text, blocks }: SlackBody): string | undefined {
  if (text === undefined || text === "") return "no_text";
  if (text.length > MAX_TEXT) return "msg_too_long";
  const problem = textProblem({ type: "mrkdwn", text }, MAX_TEXT);
  if (problem !== undefined) return problem;
  if (blocks === undefined) return undefined;
  if (blocks.length > MAX_BLOCKS) return "invalid_blocks: too many";
  const inBlocks = blocks.map(blockProblem).find((each) => each !== undefined);
  return inBlocks === undefined ? undefined : `invalid_blocks: ${inBlocks}`;
}

function requestProblem(request: IncomingMessage): string | undefined {
  if (request.method !== "POST") return `method ${String(request.method)}`;
  return header(request.headers, "content-type").startsWith("application/json")
    ? undefined
    : "invalid_post_type";
}

/** Of an incoming webhook. */
export function webhookProblem(request: IncomingMessage, body: string): string | undefined {
  return requestProblem(request) ?? contentProblem(JSON.parse(body) as SlackBody);
}

/** Of the Web API's methods that write. */
export function apiProblem(request: IncomingMessage, body: string): string | undefined {
  const method = String(request.url).split("/").at(-1);
  const message = JSON.parse(body) as SlackBody;
  if (!/^Bearer \S+$/.test(header(request.headers, "authorization"))) return "not_authed";
  if (message.channel === undefined || message.channel === "") return "channel_not_found";
  if (method !== "chat.postMessage" && method !== "chat.update") return `unknown_method ${String(method)}`;
  if (method === "chat.update" && message.ts === undefined) return "message_not_found";
  return requestProblem(request) ?? contentProblem(message);
}
