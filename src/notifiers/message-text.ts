/** A message as a person reads it, in plain text of a given width. */

import type { Message } from "../domain/message.js";
import { truncateBytes, wrap } from "../lib/text.js";
import type { Row } from "./message-parts.js";
import { hiddenAlerts, hiddenText, messageParts } from "./message-parts.js";

const LABEL_WIDTH = 10;
const INDENT = 2;
const MAX_ALERTS = 10;
const MAX_ALSO_BYTES = 300;

/** No text at 80 columns is longer than this, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 32_768;

function lines({ label, text, whole }: Row, width: number): readonly string[] {
  const room = Math.max(20, width - INDENT - LABEL_WIDTH);
  const broken = whole === true ? [text] : wrap(text, room);
  return broken.map(
    (part, index) => " ".repeat(INDENT) + (index === 0 ? label : "").padEnd(LABEL_WIDTH) + part,
  );
}

/**
 * The whole message at `width` columns, no trailing newline: what is broken, since when and last good, severity, the action, the
 * runbook, who has it, what is held or blind, what happens next and when, the command that acknowledges. Only an address or the
 * command may be wider. Everything that came from outside is on one line and shows its control characters.
 */
export function messageText(message: Message, width = 80): string {
  const { headline, alerts, closing } = messageParts(message);
  const shown = alerts.slice(0, MAX_ALERTS);
  const hidden = hiddenAlerts(message, shown.length);
  return [
    ...wrap(headline, width),
    ...shown.flatMap(({ summary, rows }, index) => [
      ...(index === 0 ? [] : wrap(truncateBytes(`also: ${summary}`, MAX_ALSO_BYTES), width)),
      ...rows.flatMap((row) => lines(row, width)),
    ]),
    ...(hidden === 0 ? [] : [hiddenText(hidden)]),
    ...closing.flatMap((row) => lines(row, width)),
  ].join("\n");
}
