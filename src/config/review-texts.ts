/** Texts with `{{ names }}`: every name must be known where the text is used. */

import {
  checkTemplate,
  TEMPLATE_NAMES,
  type TemplateProblem,
  type TemplateScope,
} from "../domain/template.js";
import { didYouMean } from "../lib/did-you-mean.js";
import type { ParsedConfig } from "./parsed.js";
import type { Finding, Path } from "./problem.js";
import { type RuleInPlace, rules } from "./walk.js";

const TEXTS = ["summary", "action"] as const;

export function reviewTexts(config: ParsedConfig): readonly Finding[] {
  return rules(config).flatMap((place) => {
    const { value, path } = place.rule;
    return TEXTS.flatMap((key) => {
      const text = value?.[key];
      if (text?.includes("{{") !== true) return [];
      const scope = scopeOf(place);
      return checkTemplate(text, scope).map((problem) => findingOf(problem, [...path, key], scope));
    });
  });
}

function scopeOf({ check, rule }: RuleInPlace): TemplateScope {
  const input = check.value;
  const labels = [...Object.keys(input?.common.labels ?? {}), ...Object.keys(rule.value?.labels ?? {})];
  if (input === undefined) return { fields: undefined, labels };
  const { fields, each } = input.common;
  const all = [input.type.fields, fields, each?.fields ?? {}].flatMap((names) => Object.keys(names));
  return { fields: all, labels };
}

function findingOf(problem: TemplateProblem, path: Path, scope: TemplateScope): Finding {
  const { kind, start, end } = problem;
  const at = { code: "CFG-022", path, span: { start, end } } as const;
  if (kind === "unclosed") return { ...at, message: "`{{` is never closed", hint: "write {{ name }}" };
  if (kind === "empty") return { ...at, message: "no name between the braces", hint: "write {{ name }}" };
  const name = problem.name ?? "";
  return { ...at, message: `unknown name \`${name}\``, hint: hintFor(name, scope) };
}

function hintFor(name: string, scope: TemplateScope): string {
  const fields = (scope.fields ?? []).map((field) => `fields.${field}`);
  const labels = scope.labels.map((label) => `labels.${label}`);
  if (!/^[\w.-]+$/.test(name)) return "names only: a text has no logic";
  if (fields.includes(`fields.${name}`)) return `did you mean \`fields.${name}\`?`;
  const near = didYouMean(name, [...TEMPLATE_NAMES, ...fields, ...labels]);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  if (name.startsWith("labels."))
    return labels.length === 0 ? "there are no labels" : `known: ${labels.join(", ")}`;
  if (name.startsWith("fields.")) return `known: ${fields.join(", ")}`;
  return `known: ${TEMPLATE_NAMES.join(", ")}, fields.<name>, labels.<name>`;
}
