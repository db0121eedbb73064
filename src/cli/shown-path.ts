/** Paths as a person would type them. */

import { isAbsolute, relative } from "node:path";

/** The shorter way to name a path from here. */
export function shown(path: string, cwd: string): string {
  const way = relative(cwd, path);
  return way === "" || way.startsWith("..") || isAbsolute(way) ? path : way;
}
