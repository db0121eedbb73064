/** Sizes beyond which this version has not been seen to work. */

import type { ParsedConfig } from "./parsed.js";
import type { Finding, Path } from "./problem.js";
import { checks } from "./walk.js";

const MAX_CHECKS = 100_000;
const MAX_RULES = 20;
const MAX_FIELDS = 50;
const MAX_LABELS = 20;
const MAX_NOTIFIERS = 100;
const MAX_POLICIES = 100;

export function reviewLimits(config: ParsedConfig): readonly Finding[] {
  const all = checks(config);
  return [
    ...tooMany(all.length, MAX_CHECKS, "checks", ["systems"]),
    ...tooMany(config.notifiers.length, MAX_NOTIFIERS, "notifiers", ["notifiers"]),
    ...tooMany(config.policies.length, MAX_POLICIES, "policies", ["policies"]),
    ...all.flatMap(({ check: { path, rules, value } }) => [
      ...tooMany(rules.length, MAX_RULES, "alerts of one check", [...path, "alerts"]),
      ...tooMany(Object.keys(value?.common.fields ?? {}).length, MAX_FIELDS, "fields", [...path, "fields"]),
      ...tooMany(Object.keys(value?.common.labels ?? {}).length, MAX_LABELS, "labels", [...path, "labels"]),
    ]),
  ];
}

function tooMany(count: number, limit: number, what: string, path: Path): readonly Finding[] {
  if (count <= limit) return [];
  return [{ code: "CFG-023", path, at: "key", message: `${count} ${what}: ${limit} at most` }];
}
