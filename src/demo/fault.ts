/** What can be broken in the demo, and how: the words of `tocsin demo break` and of the state file. */

import { join } from "node:path";

import { readStateFile } from "../embedded/state-file.js";

export const DEMO_SERVICES = ["controller", "dispatcher"] as const;
export type DemoService = (typeof DEMO_SERVICES)[number];

/** How a service fails, and what a person sees of it. */
export const FAULTS = {
  refuse: "refuses connections",
  hang: "accepts connections and never answers",
  "503": "answers 503: its database is down",
  degraded: "answers 200 and says that it is degraded",
  slow: "answers rightly, but after two seconds",
} as const;
export type Fault = keyof typeof FAULTS;

/** What is broken now; a service that is not named works. */
export type Faults = Readonly<Partial<Record<DemoService, Fault>>>;

function isFault(text: unknown): text is Fault {
  return typeof text === "string" && Object.hasOwn(FAULTS, text);
}

/** Where the demo keeps what is broken unless told: `demo/state.json` in the state folder (`TOCSIN_DIR`, else `.tocsin`). */
export function defaultStateFile(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.TOCSIN_DIR ?? ".tocsin", "demo", "state.json");
}

/** What is broken according to some JSON; words it does not know mean that all is well. */
export function faultsOf(value: unknown): Faults {
  if (typeof value !== "object" || value === null) return {};
  const given = value as Readonly<Record<string, unknown>>;
  const known = DEMO_SERVICES.flatMap((service) => {
    const fault = given[service];
    return isFault(fault) ? [[service, fault] as const] : [];
  });
  return Object.fromEntries(known);
}

/** What the file says is broken; without a file, or with a damaged one, nothing is. */
export function readFaults(stateFile: string): Faults {
  const kept = readStateFile(stateFile);
  return kept.state === "read" ? faultsOf(kept.value) : {};
}

/** The same services broken in the same ways. */
export function sameFaults(a: Faults, b: Faults): boolean {
  return DEMO_SERVICES.every((service) => a[service] === b[service]);
}
