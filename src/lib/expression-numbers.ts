/** What makes the dialect: every number a double, what is not a number decides nothing, `matches` and `age` sent to functions of our own. */

import { COMPREHENSIONS, type ExpressionNode, walk } from "./expression-tree.js";

/** `matches` of the library runs on a backtracking engine; calls go to this name instead. */
export const SAFE_MATCHES = "matches_re2";
/** `age(x)` is this with `now` as its second argument. */
export const AGE_AT = "age_at";

/**
 * Makes every number a double, so that `80` and `80.0` are the same, sends `matches` to the linear-time engine and gives `age` the
 * time: `now` makes a fresh node that names it. Literals that stand directly as an index or an argument stay whole: the library's own
 * functions want them so.
 */
export function prepareTree(root: ExpressionNode, now: () => ExpressionNode): void {
  const whole = new Set<ExpressionNode>();
  for (const [node] of walk(root)) {
    if (node.op === "[]") whole.add((node.args as [ExpressionNode, ExpressionNode])[1]);
    if (node.op === "call" || node.op === "rcall") {
      const args = node.args as [string, ...unknown[]];
      if (node.op === "rcall" && args[0] === "matches") args[0] = SAFE_MATCHES;
      if (node.op === "call" && args[0] === "age") {
        args[0] = AGE_AT;
        args[1] = [...(args[1] as readonly ExpressionNode[]), now()];
      }
      if (!COMPREHENSIONS.has(args[0])) {
        for (const argument of args.at(-1) as readonly ExpressionNode[]) whole.add(argument);
      }
    }
    const isNumber = node.op === "value" && (typeof node.args === "bigint" || isUnsigned(node.args));
    if (isNumber && !whole.has(node)) node.args = Number(node.args);
  }
}

function isUnsigned(literal: unknown): boolean {
  return typeof literal === "object" && literal?.constructor.name === "UnsignedInt";
}

/**
 * After type checking: whole numbers that functions give become doubles as well, and what is not a number decides nothing.
 * `notANumber` makes the error to throw.
 */
export function guardNumbers(
  root: ExpressionNode,
  notANumber: (what: "division by zero" | "not a number", node: ExpressionNode) => Error,
): void {
  for (const [node] of walk(root)) {
    const inner = node.handle;
    if (inner === undefined) continue;
    switch (node.op) {
      case "/":
      case "%":
        node.handle = (left, right, ...rest) => {
          if (Number(right) === 0) throw notANumber("division by zero", node);
          return inner(left, right, ...rest);
        };
        break;
      case "<":
      case "<=":
      case ">":
      case ">=":
        node.handle = (left, right, ...rest) => {
          if (Number.isNaN(left) || Number.isNaN(right)) throw notANumber("not a number", node);
          return inner(left, right, ...rest);
        };
        break;
      case "call":
      case "rcall":
        node.handle = (...operands) => {
          const result = inner(...operands);
          return typeof result === "bigint" ? Number(result) : result;
        };
        break;
    }
  }
}
