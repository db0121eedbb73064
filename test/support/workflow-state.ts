/** Finds state that outlives one execution of a workflow: in a worker, it would leak into the next and be gone at replay. */

import ts from "typescript";

export interface StateFault {
  readonly node: ts.Node;
  readonly what: string;
}

/** Interfaces and type aliases by name, over all modules. */
export type KnownTypes = ReadonlyMap<string, ts.InterfaceDeclaration | ts.TypeAliasDeclaration>;

export function typesIn(sources: readonly ts.SourceFile[]): KnownTypes {
  const declarations = sources
    .flatMap(({ statements }) => [...statements])
    .filter((statement) => ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement));
  return new Map(declarations.map((declaration) => [declaration.name.text, declaration]));
}

/** Every top-level variable, container, class member or side effect through which one execution could see another. */
export function stateFaults(source: ts.SourceFile, types: KnownTypes): readonly StateFault[] {
  return [...source.statements.flatMap((statement) => ofStatement(statement, types)), ...globals(source)];
}

function ofStatement(statement: ts.Statement, types: KnownTypes): readonly StateFault[] {
  if (ts.isExpressionStatement(statement))
    return [{ node: statement, what: "does something when it is loaded" }];
  if (ts.isClassDeclaration(statement)) return ofClass(statement);
  if (!ts.isVariableStatement(statement)) return [];
  const { declarations, flags } = statement.declarationList;
  return declarations.flatMap((declaration): readonly StateFault[] => {
    const name = declaration.name.getText();
    if ((flags & ts.NodeFlags.Const) === 0) return [{ node: declaration, what: `has the variable ${name}` }];
    if (!declaration.initializer || isFixed(declaration.initializer, declaration.type, types)) return [];
    return [{ node: declaration, what: `has ${name}, which can be changed` }];
  });
}

function ofClass({ members }: ts.ClassDeclaration): readonly StateFault[] {
  return members.flatMap((member): readonly StateFault[] => {
    if (!ts.isPropertyDeclaration(member)) return [];
    const kinds = (member.modifiers ?? []).map(({ kind }) => kind);
    const isState =
      kinds.includes(ts.SyntaxKind.StaticKeyword) && !kinds.includes(ts.SyntaxKind.ReadonlyKeyword);
    return isState ? [{ node: member, what: `has the static member ${member.name.getText()}` }] : [];
  });
}

function globals(source: ts.SourceFile): readonly StateFault[] {
  const found: StateFault[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === "globalThis") found.push({ node, what: "touches globalThis" });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Whether nobody can change what the expression gives: by its own form, or by the type it is held under. */
function isFixed(expression: ts.Expression, type: ts.TypeNode | undefined, types: KnownTypes): boolean {
  if (ts.isAsExpression(expression)) {
    return isConst(expression.type) || isFixed(expression.expression, type ?? expression.type, types);
  }
  if (ts.isSatisfiesExpression(expression) || ts.isParenthesizedExpression(expression)) {
    return isFixed(expression.expression, type, types);
  }
  if (ts.isRegularExpressionLiteral(expression)) return !/[gy][a-z]*$/.test(expression.text);
  if (ts.isCallExpression(expression)) {
    return isFreezing(expression) || isDefinition(expression) || isReadonly(type, types, new Set());
  }
  const isContainer =
    ts.isObjectLiteralExpression(expression) ||
    ts.isArrayLiteralExpression(expression) ||
    ts.isNewExpression(expression);
  return !isContainer || isReadonly(type, types, new Set());
}

function isConst(type: ts.TypeNode): boolean {
  return type.getText() === "const";
}

function isFreezing(call: ts.CallExpression): boolean {
  return call.expression.getText() === "Object.freeze";
}

/** `defineSignal`, `defineSearchAttributeKey`…: Temporal's own, which hold nothing. */
function isDefinition(call: ts.CallExpression): boolean {
  return /^define[A-Z]/.test(call.expression.getText());
}

const READONLY_CONTAINERS = ["ReadonlyMap", "ReadonlySet", "ReadonlyArray", "Readonly", "Record"] as const;

/** Deeply read-only by its declaration; a type from elsewhere is not known to be. */
function isReadonly(type: ts.TypeNode | undefined, types: KnownTypes, seen: ReadonlySet<string>): boolean {
  if (type === undefined) return false;
  const each = (parts: readonly (ts.TypeNode | undefined)[]): boolean =>
    parts.every((part) => isReadonly(part, types, seen));
  if (ts.isParenthesizedTypeNode(type)) return each([type.type]);
  if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type)) return each(type.types);
  if (ts.isTypeOperatorNode(type) && type.operator === ts.SyntaxKind.ReadonlyKeyword) {
    const { type: inner } = type;
    if (ts.isArrayTypeNode(inner)) return each([inner.elementType]);
    return ts.isTupleTypeNode(inner) && each(inner.elements);
  }
  if (ts.isTypeLiteralNode(type)) return membersReadonly(type.members, each);
  if (ts.isTypeReferenceNode(type)) return referenceReadonly(type, types, seen);
  return !ts.isArrayTypeNode(type) && !ts.isTupleTypeNode(type) && !ts.isMappedTypeNode(type);
}

function referenceReadonly(
  { typeName, typeArguments = [] as unknown as ts.NodeArray<ts.TypeNode> }: ts.TypeReferenceNode,
  types: KnownTypes,
  seen: ReadonlySet<string>,
): boolean {
  const name = typeName.getText();
  const inside = new Set([...seen, name]);
  const each = (parts: readonly (ts.TypeNode | undefined)[]): boolean =>
    parts.every((part) => isReadonly(part, types, inside));
  if (name === "Record") return false;
  // `Readonly<Record<…>>` and `Readonly<{…}>` make the outer level fixed; the values still count.
  if (name === "Readonly") return each(typeArguments.flatMap((argument) => valuesOf(argument)));
  if (READONLY_CONTAINERS.some((known) => known === name)) return each(typeArguments);
  if (seen.has(name)) return true;
  const declared = types.get(name);
  if (!declared) return false;
  if (ts.isTypeAliasDeclaration(declared)) {
    // A type parameter is as fixed as what is put in its place.
    const parameters = (declared.typeParameters ?? []).map((parameter) => parameter.name.text);
    const within = new Set([...inside, ...parameters]);
    return each(typeArguments) && isReadonly(declared.type, types, within);
  }
  const bases = (declared.heritageClauses ?? []).flatMap(({ types: parents }) =>
    parents.map((parent) => types.get(parent.expression.getText())),
  );
  return (
    membersReadonly(declared.members, each) &&
    bases.every((base) => base && ts.isInterfaceDeclaration(base) && membersReadonly(base.members, each))
  );
}

function valuesOf(type: ts.TypeNode): readonly (ts.TypeNode | undefined)[] {
  if (ts.isTypeReferenceNode(type) && type.typeName.getText() === "Record") return [type.typeArguments?.[1]];
  if (ts.isTypeLiteralNode(type)) {
    return type.members.map((member) => (ts.isPropertySignature(member) ? member.type : undefined));
  }
  return [type];
}

function membersReadonly(
  members: ts.NodeArray<ts.TypeElement>,
  each: (parts: readonly (ts.TypeNode | undefined)[]) => boolean,
): boolean {
  return members.every((member) => {
    if (ts.isMethodSignature(member)) return true;
    if (!ts.isPropertySignature(member) && !ts.isIndexSignatureDeclaration(member)) return false;
    const fixed = member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword) ?? false;
    return fixed && each([member.type]);
  });
}
