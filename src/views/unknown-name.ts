/** What people hear who name something that the applied configuration does not have. */

import type { CheckId } from "../domain/ids.js";
import type { Plan } from "../domain/plan.js";
import { TocsinError } from "../errors.js";
import { didYouMean } from "../lib/did-you-mean.js";
import { checkIds } from "../domain/plan-lookup.js";

/** CLI-006; `among` are the names of this kind that there are. */
export function unknownName(
  { revision }: Plan,
  kind: string,
  name: string,
  among: readonly string[],
): TocsinError {
  return new TocsinError("CLI-006", `revision ${revision} has no ${kind} '${name}'${hint(name, among)}`);
}

export function unknownCheck(plan: Plan, check: CheckId): TocsinError {
  return unknownName(plan, "check", check, checkIds(plan));
}

/** CLI-005: it is neither configured nor does anything of it run. */
export function unknownSystem(plan: Plan | undefined, system: string): TocsinError {
  const among = (plan?.systems ?? []).map(({ name }) => name);
  const what = `no monitor runs for ${system}, and no configuration asks for one`;
  return new TocsinError("CLI-005", what + hint(system, among));
}

function hint(name: string, among: readonly string[]): string {
  const meant = didYouMean(name, among);
  return meant === undefined ? "" : `; did you mean ${meant}?`;
}
