/** A JSON path as configuration writes it, as a zod schema. */

import { z } from "zod";

import { parseJsonPath } from "./json-path.js";

const EXPECTED = "a JSON path such as $.data.checks[0].status";

function isJsonPath(text: string): boolean {
  try {
    parseJsonPath(text);
    return true;
  } catch {
    return false;
  }
}

/** `$.data.checks[0]['a name']`, handed on as it is written; the leading `$.` may be left out. */
export function jsonPathValue(): z.ZodType<string, string> {
  return z.string(`expected ${EXPECTED}`).refine(isJsonPath, `expected ${EXPECTED}`);
}
