/**
 * Expressions over a reading: a dialect of CEL in which all numbers are doubles, checked when the configuration is read and
 * evaluated without ever throwing. What cannot be decided is unknown, with the reason; `&&` and `||` absorb it as CEL's
 * specification says.
 */

import type { Environment } from "@marcbachmann/cel-js";

import { createEnvironment, isVariableName, type VariableType } from "./expression-environment.js";
import { guardNumbers, prepareTree } from "./expression-numbers.js";
import {
  describeFailure,
  describeUndecided,
  type ExpressionProblem,
  nodeText,
} from "./expression-problem.js";
import { type ExpressionScope, reviewTree } from "./expression-review.js";
import { type ExpressionNode, touchedNames } from "./expression-tree.js";

export { isVariableName, type ExpressionScope, type VariableType };

/** An expression that is longer is refused. */
export const MAX_EXPRESSION_LENGTH = 2_000;

type Truth =
  | { readonly value: true }
  | { readonly value: false }
  | { readonly value: "unknown"; readonly reason: string };

export interface Expression {
  readonly source: string;
  /** The variables it touches, each once, in order of appearance: `["outcome", "json"]`. */
  readonly names: readonly string[];
  /** The same with what is written after them: `["outcome", "json.a.b"]`. */
  readonly paths: readonly string[];
  /** Never throws. A variable of type `time` is given in epoch milliseconds; one that is absent or undefined is missing. */
  evaluate(values: Readonly<Record<string, unknown>>): Truth;
}

type CompileResult =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problems: readonly [ExpressionProblem, ...ExpressionProblem[]] };

/** Compiles expressions against one scope; every distinct source is compiled once. */
export interface ExpressionCompiler {
  compile(source: string): CompileResult;
}

/** Sources kept by one compiler; the oldest makes room. */
const MAX_CACHED = 20_000;

/** Throws `RangeError` when a declared variable has a name that CEL keeps for itself: see {@link isVariableName}. */
export function createExpressionCompiler(scope: ExpressionScope): ExpressionCompiler {
  const environment = createEnvironment(scope.variables, scope.open ?? false);
  const cache = new Map<string, CompileResult>();
  return {
    compile(source) {
      const known = cache.get(source);
      if (known !== undefined) return known;
      const result = compile(environment, scope, source);
      const oldest = cache.size < MAX_CACHED ? undefined : cache.keys().next().value;
      if (oldest !== undefined) cache.delete(oldest);
      cache.set(source, result);
      return result;
    },
  };
}

/** Expressions by their source, for who evaluates and does not check. */
export interface ExpressionEvaluator {
  /** Never throws; a source that does not compile is unknown. */
  evaluate(source: string, values: Readonly<Record<string, unknown>>): Truth;
  /** The paths of {@link Expression}; none for a source that does not compile. */
  touches(source: string): readonly string[];
}

/**
 * The evaluator for readings at run time: `now` is a time, every other name is whatever the reading holds. Configuration was checked
 * against the declared fields before, so nothing is refused here that was accepted there.
 */
export function createReadingEvaluator(): ExpressionEvaluator {
  const compiler = createExpressionCompiler({ variables: { now: "time" }, open: true });
  return {
    evaluate(source, values) {
      const result = compiler.compile(source);
      if (result.ok) return result.expression.evaluate(values);
      return { value: "unknown", reason: `${source}: ${result.problems[0].message}` };
    },
    touches(source) {
      const result = compiler.compile(source);
      return result.ok ? result.expression.paths : [];
    },
  };
}

function compile(environment: Environment, scope: ExpressionScope, source: string): CompileResult {
  if (source.length > MAX_EXPRESSION_LENGTH) {
    const message = `the expression is longer than ${MAX_EXPRESSION_LENGTH} characters`;
    return { ok: false, problems: [{ kind: "limit", message, start: 0, end: 1 }] };
  }
  try {
    const parsed = environment.parse(source);
    const root = parsed.ast as unknown as ExpressionNode;
    const [first, ...others] = reviewTree(root, scope);
    if (first !== undefined) return { ok: false, problems: [first, ...others] };
    prepareTree(root, () => environment.parse("now").ast);
    const checked = parsed.check();
    if (!checked.valid) return { ok: false, problems: [describeFailure(source, checked.error)] };
    if (checked.type !== "bool" && checked.type !== "dyn") {
      return { ok: false, problems: [notBoolean(source, checked.type ?? "value")] };
    }
    guardNumbers(root, (what, node) => numberError(what, node, source));
    return { ok: true, expression: createExpression(source, scope, root, (context) => parsed(context)) };
  } catch (error) {
    return { ok: false, problems: [describeFailure(source, error)] };
  }
}

function notBoolean(source: string, type: string): ExpressionProblem {
  const given = { ...describeFailure(source, new Error(type)), kind: "type" as const };
  return {
    ...given,
    message: `gives a ${given.message}, not true or false`,
    hint: "compare it with something",
  };
}

function numberError(what: string, node: ExpressionNode, source: string): Error {
  return new Error(`${nodeText(source, node)}: ${what}`);
}

function createExpression(
  source: string,
  scope: ExpressionScope,
  root: ExpressionNode,
  run: (context: Map<string, unknown>) => unknown,
): Expression {
  const touched = touchedNames(root);
  const names = [...new Set(touched.map(({ name }) => name))];
  const paths = [...new Set(touched.map(({ path }) => path))];
  const evaluate = (values: Readonly<Record<string, unknown>>): Truth => {
    try {
      // A map, because the library would find `constructor` on a plain object.
      const context = new Map<string, unknown>();
      for (const name of names) {
        const value = Object.hasOwn(values, name) ? values[name] : undefined;
        if (value === undefined) continue;
        const isTime = scope.variables[name] === "time" && typeof value === "number";
        context.set(name, isTime ? new Date(value) : value);
      }
      return truth(source, run(context));
    } catch (error) {
      return { value: "unknown", reason: describeUndecided(source, error) };
    }
  };
  return { source, names, paths, evaluate };
}

function truth(source: string, result: unknown): Truth {
  if (result === true) return { value: true };
  if (result === false) return { value: false };
  const given = result === null ? "null" : typeof result;
  return { value: "unknown", reason: `${source} gives ${given}, not true or false` };
}
