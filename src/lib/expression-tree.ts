/** The syntax tree of an expression, as far as Tocsin looks into it: which names it touches, which functions it calls. */

/** What the CEL library's nodes look like; `args` depends on `op`. */
export interface ExpressionNode {
  readonly op: string;
  args: unknown;
  readonly start: number;
  readonly end: number;
  /** Set by the type checker on operators and calls; takes evaluated operands. */
  handle?: (...operands: unknown[]) => unknown;
}

/** A name or a dotted path that an expression touches, with its place in the source. */
export interface TouchedName {
  /** `json.a.b`; only dots are followed, not brackets. */
  readonly path: string;
  /** `json` */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** A function or method that an expression calls. */
export interface CalledFunction {
  readonly name: string;
  readonly node: ExpressionNode;
  readonly args: readonly ExpressionNode[];
}

/** Methods whose first argument names a variable of their own. */
export const COMPREHENSIONS: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "map", "filter"]);

/** Every node with the names that are bound where it stands, parents first. */
export function* walk(
  node: ExpressionNode,
  bound: ReadonlySet<string> = new Set(),
): Generator<readonly [ExpressionNode, ReadonlySet<string>]> {
  yield [node, bound];
  const own = boundBy(node);
  if (own === undefined) {
    for (const child of childrenOf(node)) yield* walk(child, bound);
    return;
  }
  yield* walk(own.receiver, bound);
  for (const child of own.scope) yield* walk(child, new Set([...bound, own.name]));
}

interface Binding {
  readonly name: string;
  readonly receiver: ExpressionNode;
  /** Where the name is known. */
  readonly scope: readonly ExpressionNode[];
}

/** The variable that a comprehension such as `list.exists(x, …)` or `cel.bind(x, …)` brings along. */
function boundBy(node: ExpressionNode): Binding | undefined {
  if (node.op !== "rcall") return undefined;
  const [method, receiver, args] = node.args as [string, ExpressionNode, readonly ExpressionNode[]];
  const [variable, ...scope] = args;
  const binds =
    COMPREHENSIONS.has(method) || (method === "bind" && receiver.op === "id" && receiver.args === "cel");
  if (!binds || args.length < 2 || variable?.op !== "id") return undefined;
  return { name: variable.args as string, receiver, scope };
}

function childrenOf(node: ExpressionNode): readonly ExpressionNode[] {
  switch (node.op) {
    case "value":
    case "id":
      return [];
    case "!_":
    case "-_":
      return [node.args as ExpressionNode];
    case ".":
    case ".?":
      return [(node.args as [ExpressionNode])[0]];
    case "call":
      return (node.args as [string, readonly ExpressionNode[]])[1];
    case "rcall": {
      const [, receiver, args] = node.args as [string, ExpressionNode, readonly ExpressionNode[]];
      return [receiver, ...args];
    }
    case "map":
      return (node.args as readonly (readonly ExpressionNode[])[]).flat();
    default:
      return node.args as readonly ExpressionNode[];
  }
}

/** Free names in order of appearance, each with the longest dotted path written after it. */
export function touchedNames(root: ExpressionNode): readonly TouchedName[] {
  const found: TouchedName[] = [];
  const inPath = new Set<ExpressionNode>();
  for (const [node, bound] of walk(root)) {
    if (inPath.has(node) || (node.op !== "id" && node.op !== ".")) continue;
    const segments: string[] = [];
    let base = node;
    while (base.op === ".") {
      const [left, property] = base.args as [ExpressionNode, string];
      segments.unshift(property);
      inPath.add(left);
      base = left;
    }
    if (base.op !== "id") continue;
    const name = base.args as string;
    if (bound.has(name) || name === "cel") continue;
    found.push({ path: [name, ...segments].join("."), name, start: base.start, end: base.end });
  }
  return found;
}

export function calledFunctions(root: ExpressionNode): readonly CalledFunction[] {
  const found: CalledFunction[] = [];
  for (const [node] of walk(root)) {
    if (node.op === "call") {
      const [name, args] = node.args as [string, readonly ExpressionNode[]];
      found.push({ name, node, args });
    } else if (node.op === "rcall") {
      const [name, , args] = node.args as [string, ExpressionNode, readonly ExpressionNode[]];
      found.push({ name, node, args });
    }
  }
  return found;
}

/** Comparisons of a bare name with literal texts: `outcome == "bad"`, `outcome in ["bad", "unknown"]`. */
export function comparedTexts(
  root: ExpressionNode,
): readonly { readonly name: string; readonly literal: ExpressionNode }[] {
  const found: { readonly name: string; readonly literal: ExpressionNode }[] = [];
  for (const [node, bound] of walk(root)) {
    if (node.op !== "==" && node.op !== "!=" && node.op !== "in") continue;
    const [left, right] = node.args as [ExpressionNode, ExpressionNode];
    const [id, other] = left.op === "id" ? [left, right] : [right, left];
    if (id.op !== "id" || bound.has(id.args as string)) continue;
    const literals = other.op === "list" ? (other.args as readonly ExpressionNode[]) : [other];
    for (const literal of literals) {
      if (literal.op === "value" && typeof literal.args === "string") {
        found.push({ name: id.args as string, literal });
      }
    }
  }
  return found;
}
