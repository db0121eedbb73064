/** Where the package lies, from sources and from `dist` alike: files beside the code (migrations, bundle, docs) are found from here. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

function findUp(from: string): string {
  if (existsSync(join(from, "package.json"))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`no package.json above ${fileURLToPath(import.meta.url)}`);
  return findUp(parent);
}

/** Absolute path of the folder that holds Tocsin's package.json. */
export const packageRoot: string = findUp(dirname(fileURLToPath(import.meta.url)));
