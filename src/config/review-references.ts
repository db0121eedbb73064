/** Names that refer to others: policies and notifiers. */

import { didYouMean } from "../lib/did-you-mean.js";
import type { ParsedConfig, PolicyInput } from "./parsed.js";
import type { Finding, Path } from "./problem.js";
import { services } from "./walk.js";

/** The policy of whatever names none. */
export const DEFAULT_POLICY = "default";

export function reviewReferences(config: ParsedConfig): readonly Finding[] {
  const policies = [...new Set([...config.policies.map(({ name }) => name), DEFAULT_POLICY])];
  return [
    ...config.policies.flatMap(({ path, value }) =>
      value === undefined ? [] : notifierReferences(value, path, config),
    ),
    ...config.systems.flatMap(({ path, value }) => policyReference(value?.policy, path, policies)),
    ...services(config).flatMap(({ service }) =>
      policyReference(service.value?.policy, service.path, policies),
    ),
  ];
}

function unknown(what: string, name: string, path: Path, known: readonly string[], none: string): Finding {
  const near = didYouMean(name, known);
  const all = known.length === 0 ? none : `there are: ${known.slice(0, 20).join(", ")}`;
  return {
    code: "CFG-017",
    path,
    message: `there is no ${what} \`${name}\``,
    hint: near === undefined ? all : `did you mean \`${near}\`?`,
  };
}

function policyReference(name: string | undefined, path: Path, known: readonly string[]): readonly Finding[] {
  if (name === undefined || known.includes(name)) return [];
  return [unknown("policy", name, [...path, "policy"], known, "")];
}

function notifierReferences(policy: PolicyInput, path: Path, config: ParsedConfig): readonly Finding[] {
  const known = config.notifiers.map(({ name }) => name);
  const check = (names: readonly string[], at: Path): readonly Finding[] =>
    names.flatMap((name, index) => {
      if (!known.includes(name)) {
        return [unknown("notifier", name, [...at, index], known, "there are no notifiers at all")];
      }
      const message = `\`${name}\` is there twice`;
      return names.indexOf(name) < index ? [{ code: "CFG-013", path: [...at, index], message } as const] : [];
    });
  const steps = (["critical", "warning"] as const).flatMap((severity) =>
    (policy[severity] ?? []).flatMap((step, index) =>
      check(step.notify, [...path, severity, index, "notify"]),
    ),
  );
  return [...steps, ...check(policy.fallback, [...path, "fallback"])];
}
