/** Which failures of the store mean that it is not there to be asked, rather than that it was asked something wrong. */

import { TocsinError } from "../errors.js";

/** Away, refusing us, or not set up yet. */
export function isMissingStore(error: unknown): error is TocsinError {
  return error instanceof TocsinError && ["STO-001", "STO-006", "STO-009"].includes(error.code);
}
