/** How obtaining a server is shown: a line per step, and on a terminal how far a download is, in one line that rewrites itself. */

import type { Progress } from "../../embedded/download.js";
import type { Io } from "../io.js";

const CLEAR_LINE = "\r\u001b[K";
const MIB = 1024 * 1024;
/** Without a terminal, a line for every so many bytes. */
const STEP_BYTES = 16 * MIB;

/** `note` writes a line, wherever the caller wants it. */
export function terminalProgress(io: Pick<Io, "err" | "watched">, note: (text: string) => void): Progress {
  let shown = false;
  let told = 0;
  const clear = (): void => {
    if (shown) io.err(CLEAR_LINE);
    shown = false;
  };
  return {
    note: (text) => {
      clear();
      told = 0;
      note(text);
    },
    bytes: (done, total) => {
      const finished = done === total;
      if (io.watched) {
        io.err(`${CLEAR_LINE}${share(done, total)}`);
        shown = true;
        if (finished) clear();
      } else if (done - told >= STEP_BYTES || finished) {
        told = done;
        note(`downloaded ${share(done, total)}`);
      }
    },
  };
}

function share(done: number, total: number | undefined): string {
  const mib = (bytes: number) => (bytes / MIB).toFixed(1);
  if (total === undefined) return `${mib(done)} MiB`;
  return `${mib(done)} of ${mib(total)} MiB (${Math.floor((100 * done) / total)} %)`;
}
