/** How often a check is swept. */

import type { CheckInput, DefaultsInput } from "./parsed.js";

/** A type for which `every` means something else is swept as it wants itself, whatever other checks do. */
export function sweptEveryMs({ common, type }: CheckInput, defaults: DefaultsInput): number {
  if (type.claims?.includes("every") === true) return type.defaults.everyMs;
  return common.every ?? defaults.every ?? type.defaults.everyMs;
}
