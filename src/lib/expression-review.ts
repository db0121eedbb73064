/** What is wrong with an expression beside its syntax and types: names, patterns and texts that cannot be. */

import { isVariableName, type VariableType } from "./expression-environment.js";
import { type ExpressionProblem, unknownName } from "./expression-problem.js";
import { calledFunctions, comparedTexts, type ExpressionNode, touchedNames } from "./expression-tree.js";
import { compileSafeRegex } from "./safe-regex.js";

/** Functions of the rule language that look back over stored readings; not available yet. */
const WINDOW_FUNCTIONS: ReadonlySet<string> = new Set(
  "avg min max sum p50 p90 p95 p99 count increase rate ratio slope growing stalled changes absent".split(" "),
);

/** What an expression may touch. */
export interface ExpressionScope {
  readonly variables: Readonly<Record<string, VariableType>>;
  /** Texts that a variable can have: comparing it with any other is a mistake. */
  readonly oneOf?: Readonly<Record<string, readonly string[]>>;
  /** Names that are not declared are looked for when a reading is there, instead of being a problem. */
  readonly open?: boolean;
}

/** All of it at once, in order of kind. Runs before the tree is prepared. */
export function reviewTree(root: ExpressionNode, scope: ExpressionScope): readonly ExpressionProblem[] {
  const windows = calledFunctions(root).filter((call) => WINDOW_FUNCTIONS.has(call.name));
  const patterns = calledFunctions(root).filter((call) => call.name === "matches");
  return [
    ...windows.map((call) => ({
      kind: "unsupported" as const,
      message: `\`${call.name}\` looks back over stored readings, which this version cannot do yet`,
      hint: "use the field's own value, and `for:` to ask that it lasts",
      start: call.node.start,
      end: call.node.end,
    })),
    ...(windows.length > 0 ? [] : unknownNames(root, scope)),
    ...patterns.flatMap((call) => badPattern(call.args.at(-1))),
    ...comparedTexts(root).flatMap(({ name, literal }) => impossibleText(name, literal, scope)),
  ];
}

function unknownNames(root: ExpressionNode, scope: ExpressionScope): readonly ExpressionProblem[] {
  if (scope.open === true) return [];
  const known = Object.keys(scope.variables);
  return touchedNames(root)
    .filter((touched) => !Object.hasOwn(scope.variables, touched.name) && isVariableName(touched.name))
    .map((touched) => unknownName(touched.name, touched, known));
}

function badPattern(literal: ExpressionNode | undefined): readonly ExpressionProblem[] {
  if (literal?.op !== "value" || typeof literal.args !== "string") return [];
  const result = compileSafeRegex(literal.args);
  if (result.ok) return [];
  return [
    { kind: "syntax", message: `bad pattern: ${result.reason}`, start: literal.start, end: literal.end },
  ];
}

function impossibleText(
  name: string,
  literal: ExpressionNode,
  scope: ExpressionScope,
): readonly ExpressionProblem[] {
  const possible = scope.oneOf?.[name];
  if (possible === undefined || possible.includes(literal.args as string)) return [];
  const message = `\`${name}\` is never "${literal.args as string}"`;
  const hint = `it is one of ${possible.join(", ")}`;
  return [{ kind: "type", message, hint, start: literal.start, end: literal.end }];
}
