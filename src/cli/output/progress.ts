/** One line that says what a command waits for, on the notes of a person who watches; nothing anywhere else. */

import type { Io } from "../io.js";

/** Work shorter than this is over before anybody has read the line. */
const SHOW_AFTER_MS = 400;
const CLEAR = "\r\u001b[K";

/** Runs `work` and shows `what` while it takes longer than a moment. */
export async function withProgress<T>(io: Io, what: string, work: () => Promise<T>): Promise<T> {
  if (!io.watched) return work();
  const line = { shown: false };
  const timer = setTimeout(() => {
    line.shown = true;
    io.err(`${what}…`);
  }, SHOW_AFTER_MS);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
    if (line.shown) io.err(CLEAR);
  }
}
