/** The surroundings of a probe in tests: a real deadline, any address allowed, secrets from a map. */

import type { ProbeContext } from "../../src/checks/check-type.js";
import { checkId } from "../../src/domain/ids.js";
import { systemClock } from "../../src/lib/clock.js";
import { Secret } from "../../src/lib/secret.js";

/** Secrets by reference; one that is not listed is missing. */
export function secretsFrom(values: Readonly<Record<string, string>>): ProbeContext["secrets"] {
  return (ref) => {
    const value = values[ref];
    return value === undefined
      ? Promise.reject(new Error(`${ref} is not set`))
      : Promise.resolve(new Secret(value));
  };
}

/** A store that answers nothing. */
export const nothingIncoming: ProbeContext["incoming"] = {
  heartbeat: () => Promise.resolve({ ok: false, reason: "nothing came in here" }),
  inbox: () => Promise.resolve({ ok: false, reason: "nothing came in here" }),
};

export function probeContext(overrides: Partial<ProbeContext> = {}): ProbeContext {
  const timeoutMs = overrides.timeoutMs ?? 5_000;
  return {
    signal: AbortSignal.timeout(timeoutMs),
    timeoutMs,
    clock: systemClock,
    secrets: secretsFrom({}),
    check: checkId("shop", "backup", "nightly"),
    egress: { refuse: () => undefined },
    incoming: nothingIncoming,
    lift: { fields: {} },
    ...overrides,
  };
}
