/** Expressions, checked against the fields of their check; the same expression over the same fields is checked once. */

import { createExpressionCompiler, type ExpressionCompiler, type VariableType } from "../lib/expression.js";
import { isVariableName } from "../lib/expression.js";
import type { CheckInput, ParsedConfig } from "./parsed.js";
import type { Finding, Path } from "./problem.js";
import { checks } from "./walk.js";

const OUTCOMES = ["good", "degraded", "bad", "unknown"] as const;

export function reviewExpressions(config: ParsedConfig): readonly Finding[] {
  const compilers = new Map<string, ExpressionCompiler>();
  return checks(config).flatMap(({ check }) => {
    const input = check.value;
    if (input === undefined) return [];
    const whens = check.rules.flatMap(({ value, path }) =>
      value?.when === undefined ? [] : [[value.when, [...path, "when"]] as const],
    );
    const asserts = input.common.assert.map(
      (text, index) => [text, [...check.path, "assert", index]] as const,
    );
    const expressions = [...whens, ...asserts];
    if (expressions.length === 0) return [];
    const compiler = compilerFor(input, compilers);
    return expressions.flatMap(([source, path]) => problems(source, path, compiler));
  });
}

function problems(source: string, path: Path, compiler: ExpressionCompiler): readonly Finding[] {
  const result = compiler.compile(source);
  if (result.ok) return [];
  return result.problems.map(({ kind, message, hint, start, end }) => ({
    code: kind === "unsupported" ? "CFG-025" : "CFG-021",
    path,
    span: { start, end },
    message,
    ...(hint === undefined ? {} : { hint }),
  }));
}

function compilerFor(input: CheckInput, compilers: Map<string, ExpressionCompiler>): ExpressionCompiler {
  const lifted = [
    ...Object.keys(input.common.fields),
    ...Object.keys(input.common.each?.fields ?? {}),
  ].sort();
  const key = [input.type.type, ...lifted].join("\0");
  const known = compilers.get(key);
  if (known !== undefined) return known;
  const compiler = createExpressionCompiler({
    variables: variablesOf(input, lifted),
    oneOf: { outcome: OUTCOMES },
  });
  compilers.set(key, compiler);
  return compiler;
}

/** The type's own fields by their declared types; what is lifted out of an answer can be anything. */
function variablesOf(
  { type }: CheckInput,
  lifted: readonly string[],
): Readonly<Record<string, VariableType>> {
  const anything = lifted.filter(isVariableName).map((name) => [name, "any"] as const);
  const own = Object.entries(type.fields).map(([name, field]) => [name, field.type] as const);
  return {
    ...Object.fromEntries(anything),
    ...Object.fromEntries(own),
    outcome: "string",
    parts: "map",
    subject: "string",
    now: "time",
  };
}
