/** What people hear when there is nothing where they look, and nothing that says what should be: no news is no good news. */

import type { Plan } from "../domain/plan.js";
import { TocsinError } from "../errors.js";
import type { Context } from "./context.js";
import { THE_DEFAULT } from "./context.js";

/**
 * CLI-011, when whether anything is watched cannot be known: no monitor runs, no configuration is known here, and no store says that
 * none has been applied. Else undefined.
 */
export function nothingHere(
  context: Context,
  found: { readonly monitors: number; readonly plan: Plan | undefined; readonly store: boolean },
): TocsinError | undefined {
  if (found.monitors > 0 || found.plan !== undefined || found.store) return undefined;
  const { dir, upRuns } = context;
  const up = upRuns ? "" : `; no \`tocsin up\` in ${dir}`;
  return new TocsinError("CLI-011", `no monitor runs at ${placeOf(context)}${up}`);
}

function placeOf({ address, from, namespace, namespaceFrom }: Context): string {
  return from === THE_DEFAULT && namespaceFrom === THE_DEFAULT
    ? `${address}, namespace ${namespace} (both defaults)`
    : `${address} (from ${from}), namespace ${namespace} (from ${namespaceFrom})`;
}
