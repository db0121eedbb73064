/** Texts with `{{ names }}` in them, as summaries and actions use them: names only, no logic. */

import type { FieldValue } from "./reading.js";

/** What a text may name beside `fields.<name>` and `labels.<name>`. */
export const TEMPLATE_NAMES = ["service", "check", "rule", "subject", "reason", "value", "since"] as const;
type TemplateName = (typeof TEMPLATE_NAMES)[number];

/** What stands where a name has no value: a hole that is seen. */
const MISSING = "?";

/** A name in a text; offsets are of the name itself, without braces and spaces. */
export interface TemplateReference {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface TemplateProblem {
  readonly kind: "unclosed" | "empty" | "unknown name";
  readonly name?: string;
  readonly start: number;
  readonly end: number;
}

/** The fields and labels that exist; `fields` undefined: any may, because they are only known when a reading is there. */
export interface TemplateScope {
  readonly fields: readonly string[] | undefined;
  readonly labels: readonly string[];
}

/** Values for the names; `since` and `value` as they shall be read. */
export interface TemplateValues extends Readonly<Partial<Record<TemplateName, string>>> {
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly labels: Readonly<Record<string, string>>;
}

const REFERENCE = /\{\{(.*?)\}\}/gs;

export function templateReferences(text: string): readonly TemplateReference[] {
  return [...text.matchAll(REFERENCE)].map((match) => {
    const inside = match[1] ?? "";
    const name = inside.trim();
    const start = match.index + 2 + inside.indexOf(name);
    return { name, start, end: start + name.length };
  });
}

/** Everything that is wrong with a text, in order. */
export function checkTemplate(text: string, scope: TemplateScope): readonly TemplateProblem[] {
  const problems: TemplateProblem[] = templateReferences(text).flatMap(
    ({ name, start, end }): readonly TemplateProblem[] => {
      if (name === "") return [{ kind: "empty", start: start - 2, end: start + 2 }];
      return isKnown(name, scope) ? [] : [{ kind: "unknown name", name, start, end }];
    },
  );
  const unclosed = text.replace(REFERENCE, (whole) => " ".repeat(whole.length)).indexOf("{{");
  if (unclosed >= 0) problems.push({ kind: "unclosed", start: unclosed, end: unclosed + 2 });
  return problems;
}

function isKnown(name: string, scope: TemplateScope): boolean {
  const [first = "", second, ...rest] = name.split(".");
  if (second === undefined) return TEMPLATE_NAMES.some((known) => known === first);
  if (first === "labels") return rest.length === 0 && scope.labels.includes(second);
  return first === "fields" && second !== "" && (scope.fields?.includes(second) ?? true);
}

/** The text with every name replaced by its value; one that has none is shown as `?`. Never throws. */
export function renderTemplate(text: string, values: TemplateValues): string {
  return text.replace(REFERENCE, (_, inside: string) => valueOf(inside.trim(), values));
}

function valueOf(name: string, values: TemplateValues): string {
  const [first, ...path] = name.split(".");
  if (first === "fields") return showValue(fieldAt(values.fields, path));
  if (first === "labels") return own(values.labels, path.join(".")) ?? MISSING;
  const known = TEMPLATE_NAMES.find((each) => each === name);
  return known === undefined ? MISSING : (values[known] ?? MISSING);
}

/** A field by its dotted path; undefined when a step is missing. */
export function fieldAt(
  fields: Readonly<Record<string, FieldValue>>,
  path: readonly string[],
): FieldValue | undefined {
  let value: FieldValue | undefined = fields;
  for (const step of path) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    value = own(value as Readonly<Record<string, FieldValue>>, step);
  }
  return value;
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A field's value for a person: numbers to three decimals, texts as they are, larger things only counted. */
export function showValue(value: FieldValue | undefined): string {
  if (value === undefined) return MISSING;
  if (typeof value === "number") return String(Math.round(value * 1_000) / 1_000);
  if (value === null || typeof value !== "object") return String(value);
  const size = Array.isArray(value) ? value.length : Object.keys(value).length;
  return `${size} ${size === 1 ? "item" : "items"}`;
}
