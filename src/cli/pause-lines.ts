/** Pauses as lines for a person. */

import { wrap } from "../lib/text.js";
import type { PauseRow } from "../views/pauses.js";
import { pauseText } from "../views/pauses.js";

/** Each from the beginning of a line; what is longer than the window goes on below. */
export function pauseLines(pauses: readonly PauseRow[], now: number, width: number): readonly string[] {
  return pauses.flatMap((pause) =>
    wrap(pauseText(pause, now), width - 2).map((part, index) => (index === 0 ? part : `  ${part}`)),
  );
}
