/** What people hear when there is nothing where they look, and nothing that says what should be: no news is no good news. */

import { TocsinError } from "../errors.js";
import type { Context } from "./context.js";
import { THE_DEFAULT } from "./context.js";

/**
 * CLI-011: whether anything is watched cannot be known, because no monitor runs, no configuration is known here, and no store says that
 * none has been applied.
 */
export function nothingHere(context: Context): TocsinError {
  const { dir, upRuns } = context;
  const up = upRuns ? "" : `; no \`tocsin up\` in ${dir}`;
  return new TocsinError("CLI-011", `no monitor runs at ${placeOf(context)}${up}`);
}

function placeOf({ address, from, namespace, namespaceFrom }: Context): string {
  return from === THE_DEFAULT && namespaceFrom === THE_DEFAULT
    ? `${address}, namespace ${namespace} (both defaults)`
    : `${address} (from ${from}), namespace ${namespace} (from ${namespaceFrom})`;
}
