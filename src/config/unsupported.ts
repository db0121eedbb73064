/** Keys of the format that this version does not act on yet. They are refused by name: nothing is accepted and then ignored. */

import type { Finding, Path } from "./problem.js";
import { isMapping, type Mapping, type Tree } from "./tree.js";

/** Key to what can be done instead, for every kind of mapping that has such keys. */
const UNSUPPORTED = {
  file: {
    store: "name the database to each process: --database, or DATABASE_URL",
    temporal:
      "name the server to each process: --address, --namespace and --prefix, or the SDK's environment",
    api: "say it to the listener: tocsin serve --listen, or TOCSIN_LISTEN",
    watchdog: "watch Tocsin's /healthz from outside meanwhile",
    maintenance: "pause the system or service for the time: tocsin pause",
    canary: "leave it out",
    tests: "leave it out",
  },
  system: {
    preset: "write its services and checks out",
    with: "it belongs to `preset`, which is not supported either",
  },
  service: {
    depends_on: "leave it out: no alert is held for the trouble of another service",
  },
  rule: {
    flapping: "leave it out: flapping is not detected",
    min_count: "it belongs to window functions, which are not supported either",
  },
  schedules: {
    report: "leave it out",
    fire_drill: "tell a notifier yourself: tocsin notify test",
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

export type MappingKind = keyof typeof UNSUPPORTED;

/** The mapping without such keys, and a finding for each that was there. */
export function withoutUnsupported(
  kind: MappingKind,
  tree: Tree,
  path: Path,
): { readonly tree: Tree; readonly findings: readonly Finding[] } {
  if (!isMapping(tree)) return { tree, findings: [] };
  const hints: Readonly<Record<string, string>> = UNSUPPORTED[kind];
  const kept: Mapping = {};
  const findings: Finding[] = [];
  for (const [key, value] of Object.entries(tree)) {
    const hint = Object.hasOwn(hints, key) ? hints[key] : undefined;
    if (hint === undefined) kept[key] = value;
    else {
      const message = `\`${key}\` is not supported by this version`;
      findings.push({ code: "CFG-025", path: [...path, key], at: "key", message, hint });
    }
  }
  return { tree: findings.length === 0 ? tree : kept, findings };
}
