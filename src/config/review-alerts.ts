/** What whoever is told needs: an action, an owner, a runbook. */

import type { ParsedConfig } from "./parsed.js";
import type { Finding } from "./problem.js";
import { type RuleInPlace, rules } from "./walk.js";

export function reviewAlerts(config: ParsedConfig): readonly Finding[] {
  const all = rules(config);
  return [...all.flatMap(needs), ...all.flatMap(contradictions)];
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
