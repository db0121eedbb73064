/** That somebody is told at all: of every alert a rule raises, and of Tocsin's own blindness to it. */

import type { Severity } from "../domain/severity.js";
import type { ParsedConfig } from "./parsed.js";
import type { Finding } from "./problem.js";
import { DEFAULT_POLICY } from "./review-references.js";
import { type RuleInPlace, rules } from "./walk.js";

type ToldSeverity = Exclude<Severity, "info">;

/** A rule that somebody is meant to be told of, and the policy that says who. */
interface ToldRule {
  readonly place: RuleInPlace;
  readonly severity: ToldSeverity;
  readonly policy: string;
}

export function reviewReach(config: ParsedConfig): readonly Finding[] {
  const told = rules(config).flatMap((place): readonly ToldRule[] => {
    const { system, service, rule } = place;
    const severity = rule.value?.severity;
    if (severity === undefined || severity === "info") return [];
    const policy = service.value?.policy ?? system.value?.policy ?? DEFAULT_POLICY;
    return [{ place, severity, policy }];
  });
  return [...deafRules(config, told), ...deafToBlindness(config, told)];
}

/** One finding for each policy and severity, at the first rule that is told to nobody. */
function deafRules(config: ParsedConfig, rules: readonly ToldRule[]): readonly Finding[] {
  return firstOfEach(rules, ({ policy, severity }) => `${policy} ${severity}`).flatMap(
    ({ place, policy, severity }): readonly Finding[] => {
      const missing = whyNobody(config, policy, severity);
      return missing === undefined
        ? []
        : [{ code: "CFG-026", path: [...place.rule.path, "severity"], ...missing }];
    },
  );
}

/**
 * Blindness has the highest severity that it blinds and always speaks under `default`, whatever policy the rules have. What a rule
 * under `default` itself has been refused for is not said twice.
 */
function deafToBlindness(config: ParsedConfig, rules: readonly ToldRule[]): readonly Finding[] {
  const policy = config.policies.find(({ name }) => name === DEFAULT_POLICY);
  if (policy?.value === undefined) return [];
  const { path, value } = policy;
  const said = new Set(
    rules.filter((rule) => rule.policy === DEFAULT_POLICY).map(({ severity }) => severity),
  );
  return firstOfEach(rules, ({ severity }) => severity)
    .filter(({ severity }) => value[severity] === undefined && !said.has(severity))
    .map(({ place, severity }) => ({
      code: "CFG-026",
      path,
      at: "key",
      message: `nobody is told when Tocsin is blind to ${nameOf(place)}: policy \`${DEFAULT_POLICY}\` has no steps for ${severity}`,
      hint: `Tocsin's own alerts go to \`${DEFAULT_POLICY}\`, whatever policy the rules have: add \`${severity}\` to it`,
    }));
}

function nameOf({ system, service, check, rule }: RuleInPlace): string {
  return `\`${[system, service, check, rule].map(({ name }) => name).join("/")}\``;
}

function firstOfEach(rules: readonly ToldRule[], key: (rule: ToldRule) => string): readonly ToldRule[] {
  const first = new Map<string, ToldRule>();
  for (const rule of rules) if (!first.has(key(rule))) first.set(key(rule), rule);
  return [...first.values()];
}

function whyNobody(
  config: ParsedConfig,
  policy: string,
  severity: ToldSeverity,
): Pick<Finding, "message" | "hint"> | undefined {
  const written = config.policies.find(({ name }) => name === policy);
  if (written === undefined) {
    // Without a policy everybody is told; one that is not there was told as such.
    if (policy !== DEFAULT_POLICY || config.notifiers.length > 0) return undefined;
    return { message: "nobody is told of this: there are no notifiers", hint: "add one under `notifiers`" };
  }
  if (written.value === undefined || written.value[severity] !== undefined) return undefined;
  return {
    message: `nobody is told of this: policy \`${policy}\` has no steps for ${severity}`,
    hint: `add \`${severity}\` to the policy`,
  };
}
