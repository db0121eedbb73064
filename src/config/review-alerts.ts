/** What whoever is told needs: an action, an owner, a runbook; and that somebody is told at all. */

import type { Severity } from "../domain/severity.js";
import type { ParsedConfig } from "./parsed.js";
import type { Finding } from "./problem.js";
import { DEFAULT_POLICY } from "./review-references.js";
import { type RuleInPlace, rules } from "./walk.js";

export function reviewAlerts(config: ParsedConfig): readonly Finding[] {
  const all = rules(config);
  return [...all.flatMap(needs), ...all.flatMap(contradictions), ...reachingNobody(config, all)];
}

function needs({ system, service, check, rule }: RuleInPlace): readonly Finding[] {
  const { value, name, path } = rule;
  if (value === undefined || value.severity === "info") return [];
  const findings: Finding[] = [];
  if (value.action === undefined) {
    findings.push({
      code: "CFG-020",
      path,
      at: "key",
      message: `\`${name}\` is ${value.severity === "warning" ? "a warning" : "critical"} and has no \`action\``,
      hint: "say what whoever is told must do; what needs no human is `info`",
    });
  }
  if (value.severity !== "critical") return findings;
  // An owner that has the wrong form was told, and is meant to be one.
  const owned = system.value === undefined || service.value === undefined;
  if (!owned && (service.value.owner ?? system.value.owner) === undefined) {
    findings.push({
      code: "CFG-020",
      path,
      at: "key",
      message: `\`${name}\` is critical and \`${system.name}/${service.name}\` has no \`owner\``,
      hint: "add `owner` to the service or to the system",
    });
  }
  if (value.runbook === undefined) {
    findings.push({
      code: "CFG-028",
      severity: "warning",
      path,
      at: "key",
      message: `\`${check.name}/${name}\` is critical and has no \`runbook\``,
      hint: "whoever is woken looks there first",
    });
  }
  return findings;
}

function contradictions({ rule }: RuleInPlace): readonly Finding[] {
  const { value, path } = rule;
  if (value?.for === undefined) return [];
  const at = { path: [...path, "for"], at: "key" } as const;
  if (value.hold !== undefined) {
    const message = "an event rule fires at once: `for` and `hold` exclude each other";
    return [{ code: "CFG-027", ...at, message, hint: "take one of them out" }];
  }
  if (value.severity !== "info") return [];
  const message = "`for` delays nobody here: info is only shown";
  return [{ code: "CFG-029", severity: "warning", ...at, message }];
}

/** One finding for each policy and severity, at the first rule that is told to nobody. */
function reachingNobody(config: ParsedConfig, all: readonly RuleInPlace[]): readonly Finding[] {
  const told = new Set<string>();
  return all.flatMap(({ system, service, rule }): readonly Finding[] => {
    const severity = rule.value?.severity;
    if (severity === undefined || severity === "info") return [];
    const policy = service.value?.policy ?? system.value?.policy ?? DEFAULT_POLICY;
    const missing = whyNobody(config, policy, severity);
    const key = `${policy} ${severity}`;
    if (missing === undefined || told.has(key)) return [];
    told.add(key);
    return [{ code: "CFG-026", path: [...rule.path, "severity"], ...missing }];
  });
}

function whyNobody(
  config: ParsedConfig,
  policy: string,
  severity: Exclude<Severity, "info">,
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
