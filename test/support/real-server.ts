/** Suites that need a server of the machine: without it they are skipped, and in CI they fail. */

import { describe, it } from "@jest/globals";

/** `missing`: why there is none; undefined when there is one. */
export function describeReal(missing: string | undefined, title: string, body: () => void): void {
  if (missing === undefined) {
    describe(title, body);
    return;
  }
  const declare = process.env.CI === "true" ? it : it.skip;
  declare(`${title} is not tried here: ${missing}`, () => {
    throw new Error(missing);
  });
}
