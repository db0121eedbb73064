/** File patterns of `include`: `*` and `?` within the parts of a path, nothing else. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { errorCode } from "../lib/error-code.js";

/** Whether the text is a pattern and not a plain path. */
export function isPattern(text: string): boolean {
  return /[*?]/.test(text);
}

/**
 * Relative paths below `folder` that match, sorted; hidden files only when the pattern names the dot. A folder that is not there
 * matches nothing. Rejects when a folder cannot be read.
 */
export async function glob(folder: string, pattern: string): Promise<readonly string[]> {
  const [first = "", ...rest] = pattern.split("/").filter((part) => part !== "" && part !== ".");
  const names = isPattern(first) ? await matching(folder, first) : [first];
  if (rest.length === 0) return names;
  const below = await Promise.all(
    names.map(async (name) => {
      const found = await glob(join(folder, name), rest.join("/"));
      return found.map((each) => `${name}/${each}`);
    }),
  );
  return below.flat();
}

async function matching(folder: string, pattern: string): Promise<readonly string[]> {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^${source}$`, "s");
  const names = await readdir(folder).catch((error: unknown) => {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  });
  return names
    .filter((name) => expression.test(name) && (pattern.startsWith(".") || !name.startsWith(".")))
    .sort((a, b) => (a < b ? -1 : 1));
}
