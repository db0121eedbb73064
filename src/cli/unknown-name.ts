/** What people hear who name something that the applied configuration does not have. */

import type { CheckId } from "../domain/ids.js";
import type { Plan } from "../domain/plan.js";
import { TocsinError } from "../errors.js";
import { didYouMean } from "../lib/did-you-mean.js";
import { checkIds } from "./plan-lookup.js";

/** CLI-006; `among` are the names of this kind that there are. */
export function unknownName(
  { revision }: Plan,
  kind: string,
  name: string,
  among: readonly string[],
): TocsinError {
  const meant = didYouMean(name, among);
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  return new TocsinError("CLI-006", `revision ${revision} has no ${kind} '${name}'${hint}`);
}

export function unknownCheck(plan: Plan, check: CheckId): TocsinError {
  return unknownName(plan, "check", check, checkIds(plan));
}
