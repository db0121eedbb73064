/** What the CEL library found wrong, in words for the person who wrote the expression. */

import { didYouMean } from "./did-you-mean.js";
import { AGE_AT, SAFE_MATCHES } from "./expression-numbers.js";

export interface ExpressionProblem {
  readonly kind: "syntax" | "unknown name" | "unknown function" | "type" | "limit" | "unsupported";
  readonly message: string;
  readonly hint?: string;
  /** Offsets into the expression; `end` is exclusive and never before `start`. */
  readonly start: number;
  readonly end: number;
}

/** The part of the library's errors that is relied upon. */
interface CelFailure {
  readonly code: string;
  readonly summary: string;
  readonly range?: { readonly start: number; readonly end: number } | undefined;
  readonly node?: { readonly start: number; readonly end: number; readonly op?: string } | undefined;
}

function isCelFailure(error: unknown): error is Error & CelFailure {
  return error instanceof Error && "code" in error && "summary" in error && typeof error.summary === "string";
}

const TYPE_NAMES: readonly (readonly [RegExp, string])[] = [
  [/\bmap<[^>]*(<[^>]*>)?[^>]*>/g, "map"],
  [/\blist<[^>]*>/g, "list"],
  [/dyn<([^<>]*)>/g, "$1"],
  [/google\.protobuf\.Timestamp/g, "time"],
  [/google\.protobuf\.Duration/g, "duration"],
  [/\b(double|int|uint)\b/g, "number"],
  [/\bbool\b/g, "boolean"],
  [/\bdyn\b/g, "any"],
];

/** The library's type names in our words: one kind of number, `time`, `duration`. */
function plainTypes(text: string): string {
  return TYPE_NAMES.reduce((result, [pattern, name]) => result.replace(pattern, name), text)
    .replaceAll(SAFE_MATCHES, "matches")
    .replace(`${AGE_AT}(`, "age(");
}

const TOKENS: Readonly<Record<string, string>> = {
  EOF: "the end of the expression",
  RPAREN: "`)`",
  LPAREN: "`(`",
  RBRACKET: "`]`",
  LBRACKET: "`[`",
  RBRACE: "`}`",
  LBRACE: "`{`",
  COLON: "`:`",
  COMMA: "`,`",
  DOT: "`.`",
  IDENTIFIER: "a name",
  NUMBER: "a number",
  STRING: "a text",
  EQ: "`==`",
  AND: "`&&`",
  OR: "`||`",
};

const WORD_OPERATORS: Readonly<Record<string, string>> = {
  and: "write `&&` for and",
  or: "write `||` for or",
  not: "write `!` for not",
  "=": "write `==` to compare",
  "&": "write `&&` for and",
  "|": "write `||` for or",
};

/** A syntax, type or size problem, from whatever parsing or checking threw. */
export function describeFailure(source: string, error: unknown): ExpressionProblem {
  if (!isCelFailure(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "type", message: plainTypes(message), start: 0, end: source.length };
  }
  const start = Math.min(error.range?.start ?? 0, source.length);
  const end = Math.max(start, Math.min(error.range?.end ?? source.length, source.length));
  if (error.code === "limit_exceeded") {
    return { kind: "limit", message: "the expression is too large or too deep", start, end };
  }
  if (error.code === "unexpected_character" || error.code.endsWith("_token")) {
    return unexpected(source, error, start, end);
  }
  if (error.name === "ParseError") return { kind: "syntax", message: syntaxMessage(error), start, end };
  return {
    kind: error.code === "no_matching_overload" ? "unknown function" : "type",
    message: typeMessage(error),
    start,
    end,
  };
}

function unexpected(source: string, error: CelFailure, start: number, end: number): ExpressionProblem {
  const written = source.slice(start, Math.max(end, start + 1));
  const expected = /Expected (\w+)/.exec(error.summary)?.[1];
  const found = start >= source.length ? "the expression ends too early" : `unexpected \`${written}\``;
  const wanted = expected === undefined ? "" : `, expected ${TOKENS[expected] ?? expected.toLowerCase()}`;
  const hint = WORD_OPERATORS[written.toLowerCase()];
  return {
    kind: "syntax",
    message: `${found}${wanted}`,
    ...(hint === undefined ? {} : { hint }),
    start,
    end,
  };
}

function syntaxMessage(error: CelFailure): string {
  const reserved = /^Reserved identifier: (\w+)$/.exec(error.summary);
  return reserved === null ? lower(error.summary) : `\`${reserved[1] ?? ""}\` is a reserved word`;
}

function typeMessage(error: CelFailure): string {
  const operator = /^no such overload: (\S+) (\S+) (.+)$/.exec(plainTypes(error.summary));
  if (operator !== null) {
    const [, left = "", sign = "", right = ""] = operator;
    return `\`${sign}\` does not work between ${left} and ${right}`;
  }
  const unary = /^no such overload: ([!-])(.+)$/.exec(plainTypes(error.summary));
  if (unary !== null) return `\`${unary[1] ?? ""}\` does not work on a ${unary[2] ?? "value"}`;
  const call = /^found no matching overload for '(.+)'$/.exec(plainTypes(error.summary));
  if (call !== null) return `there is no function \`${call[1] ?? ""}\``;
  const index = /^Cannot index type '(.+)'$/.exec(plainTypes(error.summary));
  if (index !== null) return `a ${index[1] ?? "value"} has nothing inside to ask for`;
  const logical = /^Logical operator requires bool operands, got '(.+)'$/.exec(error.summary);
  if (logical !== null) {
    return `\`&&\` and \`||\` need true or false on both sides, not a ${plainTypes(logical[1] ?? "")}`;
  }
  return lower(plainTypes(error.summary));
}

/** The source of a node, with the parentheses that the parser drops. */
export function nodeText(source: string, node: { readonly start: number; readonly end: number }): string {
  let { start, end } = node;
  const open = (): number => count(source.slice(start, end), "(") - count(source.slice(start, end), ")");
  while (open() > 0 && end < source.length) end += 1;
  while (open() < 0 && start > 0) start -= 1;
  return source.slice(start, end);
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1;
}

/** Why an evaluation could not decide, one line, from what it threw. */
export function describeUndecided(source: string, error: unknown): string {
  if (!isCelFailure(error)) return error instanceof Error ? error.message : String(error);
  const node = error.node;
  const text = node === undefined ? "" : nodeText(source, node);
  switch (error.code) {
    case "unknown_variable":
    case "no_such_key":
      return text === "" ? lower(error.summary) : `${text} is missing`;
    case "variable_type_mismatch":
    case "field_type_mismatch":
    case "list_item_type_mismatch": {
      const types = /is not of type '(.+)', got '(.+)'/.exec(plainTypes(error.summary));
      if (types !== null) return `${text} is not a ${types[1] ?? ""} but ${types[2] ?? ""}`;
      return lower(plainTypes(error.summary));
    }
    default:
      return text === "" ? typeMessage(error) : `${text}: ${typeMessage(error)}`;
  }
}

/** One problem for each name that is not there, with the nearest one that is. */
export function unknownName(
  name: string,
  place: { readonly start: number; readonly end: number },
  known: readonly string[],
): ExpressionProblem {
  const near = didYouMean(name, known);
  return {
    kind: "unknown name",
    message: `unknown name \`${name}\``,
    hint: near === undefined ? `known here: ${known.join(", ")}` : `did you mean \`${near}\`?`,
    start: place.start,
    end: place.end,
  };
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
