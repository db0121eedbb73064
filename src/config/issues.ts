/** What zod found wrong, as findings in a person's words. */

import type { z } from "zod";

import { didYouMean } from "../lib/did-you-mean.js";
import { SECRET_EXPECTED } from "../lib/spec-values.js";
import { hintFor } from "./issue-hints.js";
import { contrast, expectation } from "./issue-words.js";
import type { Finding, Path } from "./problem.js";

type Issue = z.core.$ZodIssue;

/** What an issue is about: where its piece is in the configuration, what stands there, which keys its mappings know. */
export interface Subject {
  readonly path: Path;
  readonly value: unknown;
  readonly keys: (path: Path) => readonly string[];
}

export function findingsOf(issues: readonly Issue[], subject: Subject): readonly Finding[] {
  return issues.flatMap((issue) => findingsOfIssue(issue, subject));
}

function findingsOfIssue(issue: Issue, subject: Subject): readonly Finding[] {
  const inside = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  const path = [...subject.path, ...inside];
  const value = valueAt(subject.value, inside);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(key, path, subject.keys(inside)));
    case "invalid_key":
      return [{ code: "CFG-013", path, at: "key", message: `${nameOf(path)}: ${keyMessage(issue.issues)}` }];
    case "invalid_union":
      return findingsOfUnion(issue, path, value, subject);
    case "custom":
      // A rule over several keys speaks for itself.
      if (!issue.message.startsWith("expected ")) {
        return [{ code: "CFG-013", path, message: `${nameOf(path)}: ${issue.message}` }];
      }
      return [value === undefined ? missing(issue, path) : wrong(expectation(issue), path, value)];
    case "invalid_element":
    case "invalid_format":
    case "invalid_type":
    case "invalid_value":
    case "not_multiple_of":
    case "too_big":
    case "too_small":
      return [value === undefined ? missing(issue, path) : wrong(expectation(issue), path, value)];
  }
}

function unknownKey(key: string, path: Path, keys: readonly string[]): Finding {
  const near = didYouMean(key, keys);
  return {
    code: "CFG-011",
    path: [...path, key],
    at: "key",
    message: `unknown key \`${key}\``,
    hint: near === undefined ? `known here: ${keys.join(", ")}` : `did you mean \`${near}\`?`,
  };
}

function missing(issue: Issue, path: Path): Finding {
  return {
    code: "CFG-012",
    path,
    at: "key",
    message: `\`${String(path.at(-1) ?? "")}\` is missing`,
    hint: `expected ${expectation(issue)}`,
  };
}

/** The finding for a value that is not what was expected; a value that may be a secret is neither told nor shown. */
function wrong(expected: string, path: Path, value: unknown): Finding {
  const name = nameOf(path);
  // A list of references is still nothing but references.
  if (expected.startsWith(SECRET_EXPECTED) && !expected.includes(",") && typeof value === "string") {
    return {
      code: "CFG-015",
      path,
      message: `${name} takes a reference, never the secret itself`,
      hint: `write ${SECRET_EXPECTED}`,
      secret: true,
    };
  }
  const isHidden = expected.includes(SECRET_EXPECTED) && !isPlainAddress(value);
  const hint = isHidden ? undefined : hintFor(expected, value);
  return {
    code: "CFG-013",
    path,
    message: `${name}: expected ${expected}${isHidden ? "" : contrast(expected, value)}`,
    ...(hint === undefined ? {} : { hint }),
    ...(isHidden ? { secret: true } : {}),
  };
}

/** A value that was meant as an address and has nothing in it that could be a secret. */
function isPlainAddress(value: unknown): boolean {
  if (typeof value !== "string" || !/^[\w.:/-]*$/.test(value)) return false;
  return value.split(/[/:]/).every((part) => part.length < 16);
}

/** Of the branches of a union, the one that was meant; when none can be told, all that would have been right. */
function findingsOfUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  value: unknown,
  subject: Subject,
): readonly Finding[] {
  const inner = {
    ...subject,
    path,
    value,
    keys: (at: Path) => subject.keys([...issue.path.map(stepOf), ...at]),
  };
  const meant = issue.errors
    .filter((branch) => branch.every((each) => each.path.length > 0 || each.code === "unrecognized_keys"))
    .sort((a, b) => a.length - b.length)[0];
  if (meant !== undefined) return findingsOf(meant, inner);
  return [value === undefined ? missing(issue, path) : wrong(expectation(issue), path, value)];
}

function stepOf(step: PropertyKey): string | number {
  return typeof step === "symbol" ? String(step) : step;
}

function keyMessage([first]: readonly Issue[]): string {
  return first === undefined ? "not a key for this" : `expected ${expectation(first)}`;
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Readonly<Record<string | number, unknown>>)[step];
  }
  return at;
}

/** The key in backquotes; an entry of a list by its number from 1. */
function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return "the configuration";
  if (typeof last === "string") return `\`${last}\``;
  return `entry ${last + 1} of ${nameOf(path.slice(0, -1))}`;
}
