/** YAML text as a source, or what is wrong with its syntax in a person's words. */

import {
  type Document,
  isCollection,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";

import type { Problem } from "./problem.js";
import { placeOf, type Source, type SourceText } from "./source.js";

/** Syntax errors beyond the first few are mostly consequences of those. */
const MAX_SYNTAX_PROBLEMS = 3;

/** Messages by the library's codes; its own ones may quote the text, and with it a secret. */
const MESSAGES: Readonly<Partial<Record<YAMLError["code"], readonly [string, string?]>>> = {
  TAB_AS_INDENT: ["a tab in the indentation", "indent by spaces"],
  BLOCK_AS_IMPLICIT_KEY: [
    "a second `:` where a value should end, or a line that is indented too far",
    "quote a text that contains `: `",
  ],
  MULTILINE_IMPLICIT_KEY: [
    "a key that runs over several lines",
    "look at the indentation, and for a missing quote",
  ],
  MULTIPLE_DOCS: ["a second document in the file", "keep one document, without `---` in between"],
  BAD_DQ_ESCAPE: [
    "an escape that YAML does not know",
    "in double quotes write \\\\ for a backslash, or use single quotes",
  ],
  MULTIPLE_ANCHORS: ["two anchors on one value"],
  MULTIPLE_TAGS: ["two tags on one value"],
  TAG_RESOLVE_FAILED: ["an unknown tag", "quote a text that begins with `!`"],
  BAD_DIRECTIVE: ["a directive that is not known", "take the line that begins with % out"],
  KEY_OVER_1024_CHARS: ["a key of more than 1024 characters"],
  UNEXPECTED_TOKEN: ["something that does not belong here", "look for a missing quote, comma or bracket"],
  BLOCK_IN_FLOW: ["an indented block inside brackets", "close the bracket first"],
};

export type ParseResult =
  | { readonly ok: true; readonly source: Source }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function parseSource(file: string, text: string): ParseResult {
  const lines = new LineCounter();
  // Doubled keys are found in one pass afterwards: the library compares each with each.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
  const wrong = [...document.errors, ...document.warnings];
  if (wrong.length === 0 && document.contents === null) {
    const message = "there is nothing in it but comments";
    return { ok: false, problems: [{ code: "CFG-004", severity: "error", file, message }] };
  }
  if (wrong.length === 0) return { ok: true, source: { file, text, document, lines } };
  return {
    ok: false,
    problems: wrong
      .slice(0, MAX_SYNTAX_PROBLEMS)
      .map((error) => problemOf(file, { text, lines }, error, document)),
  };
}

function problemOf(file: string, text: SourceText, error: YAMLError, document: Document): Problem {
  const [message, hint] = wordingOf(error);
  const opener = openerOf(document, error);
  const [start, end] = opener === undefined ? error.pos : [opener, opener + 1];
  return {
    code: "CFG-006",
    severity: "error",
    message,
    ...(hint === undefined ? {} : { hint }),
    file,
    place: placeOf(text, { start, end }),
  };
}

/** Where the quote or bracket stands that is never closed: the innermost one that reaches to where the library noticed. */
function openerOf(document: Document, error: YAMLError): number | undefined {
  const isOpen = error.code === "MISSING_CHAR" || error.code === "BAD_INDENT";
  if (!isOpen || !/quote|^Flow/.test(error.message)) return undefined;
  let opener: number | undefined;
  visit(document, {
    Node: (_, node) => {
      const isQuoted = isScalar(node) && (node.type?.startsWith("QUOTE") ?? false);
      const isFlow = isCollection(node) && node.flow === true;
      const matches = error.message.includes("quote") ? isQuoted : isFlow;
      if (matches && node.range?.[1] === error.pos[0]) opener = node.range[0];
    },
  });
  return opener;
}

function wordingOf({ code, message }: YAMLError): readonly [string, string?] {
  const own = MESSAGES[code];
  if (own !== undefined) return own;
  if (code === "BAD_INDENT") {
    if (message.startsWith("Flow")) return ["a bracket that is never closed"];
    return ["a line whose indentation fits nothing above it", "keys of one mapping begin in the same column"];
  }
  if (code === "BAD_SCALAR_START") return [`a text cannot begin with \`${message.slice(-1)}\``, "quote it"];
  if (code === "MISSING_CHAR") {
    if (message.includes("quote")) return ["a quote that is never closed"];
    return message.includes("map")
      ? ["a key without `:`", "write `key: value`, with a space after the colon"]
      : ["a missing comma or bracket"];
  }
  return ["this is not YAML", "look at the line above too"];
}
