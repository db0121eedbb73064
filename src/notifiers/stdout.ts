/** The `stdout` notifier: prints every message where the worker writes, for a terminal, a log or a first try. */

import { z } from "zod";

import type { AttemptResult, Message } from "../domain/message.js";
import { wrap } from "../lib/text.js";
import { cloudEvent } from "./cloud-event.js";
import { headline, isEnd } from "./message-parts.js";
import { MAX_TEXT_BYTES, messageText } from "./message-text.js";
import type { Notifier, SendContext } from "./notifier.js";

const schema = z.strictObject({
  format: z
    .enum(["text", "json"])
    .default("text")
    .describe("`text` for people, `json` for one CloudEvents event a line"),
  colors: z.boolean().default(false).describe("Colour the first line by severity; only for `text`"),
});

export type StdoutSpec = z.output<typeof schema>;

const WIDTH = 80;
const RESET = "\u001b[0m";
const GREEN = "\u001b[32m";
const COLORS = { critical: "\u001b[31m", warning: "\u001b[33m", info: "\u001b[36m" } as const;

function colored(line: string, message: Message): string {
  return `${isEnd(message) ? GREEN : COLORS[message.severity]}${line}${RESET}`;
}

/** Lines as they are printed; a text ends in an empty one that sets it off from the next. */
function render(message: Message, { format, colors }: StdoutSpec): readonly string[] {
  if (format === "json") return [cloudEvent(message)];
  const heading = colors ? wrap(headline(message), WIDTH).length : 0;
  const text = messageText(message, WIDTH).split("\n");
  return [...text.map((line, index) => (index < heading ? colored(line, message) : line)), ""];
}

function print(lines: readonly string[], context: SendContext): AttemptResult {
  try {
    for (const line of lines) context.stdout(line);
    return { result: "accepted" };
  } catch (error) {
    return { result: "retry", reason: `cannot print: ${error instanceof Error ? error.message : "unknown"}` };
  }
}

/** Prints; a repeat is printed again, since nobody is there to know the key. */
export const stdout = Object.freeze<Notifier<StdoutSpec, readonly string[]>>({
  type: "stdout",
  summary: "Prints messages where the worker writes",
  schema,
  limits: { textLength: MAX_TEXT_BYTES },
  supports: { end: true, key: false },
  render,
  send: (lines, _spec, context) => Promise.resolve(print(lines, context)),
  target: () => "standard output",
  example: ["type: stdout", "format: text", ""].join("\n"),
});
