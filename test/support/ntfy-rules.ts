/** What an ntfy server refuses of a message published as JSON, with its default limits. */

import type { IncomingMessage } from "node:http";

const MAX_MESSAGE_BYTES = 4_096;
const ACTIONS = 3;

interface Published {
  readonly topic?: unknown;
  readonly title?: unknown;
  readonly message?: unknown;
  readonly priority?: unknown;
  readonly tags?: unknown;
  readonly click?: unknown;
  readonly actions?: readonly {
    readonly action?: unknown;
    readonly label?: unknown;
    readonly url?: unknown;
  }[];
}

export function ntfyProblem(request: IncomingMessage, body: string): string | undefined {
  if (request.method !== "POST" && request.method !== "PUT") return `method ${String(request.method)}`;
  if (Buffer.byteLength(body) > 2 * MAX_MESSAGE_BYTES) return "entity too large";
  const { topic, title, message, priority, tags, click, actions = [] } = JSON.parse(body) as Published;
  if (typeof topic !== "string" || !/^[-_A-Za-z0-9]{1,64}$/.test(topic)) return "topic invalid";
  if (typeof title !== "string" || /[\r\n]/.test(title)) return "title";
  if (typeof message !== "string" || message === "") return "message";
  if (Buffer.byteLength(message) > MAX_MESSAGE_BYTES) return "the message becomes an attachment";
  if (!Number.isInteger(priority) || Number(priority) < 1 || Number(priority) > 5) return "priority invalid";
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === "string")) return "tags";
  if (click !== undefined && (typeof click !== "string" || !URL.canParse(click))) return "click";
  if (actions.length > ACTIONS) return "actions invalid, too many actions";
  const isWhole = actions.every(
    ({ action, label, url }) => action === "view" && label !== "" && URL.canParse(String(url)),
  );
  return isWhole ? undefined : "actions invalid";
}
