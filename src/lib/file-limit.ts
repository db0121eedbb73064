/** How many files and sockets this process may hold open. Node raises the soft limit to the hard one when it starts; more takes the administrator. */

import { readdirSync, readFileSync } from "node:fs";

export interface FileLimit {
  /** What applies now. */
  readonly soft: number;
  /** What an administrator's setting allows. */
  readonly hard: number;
}

const LIMIT_LINE = /^Max open files\s+(\d+|unlimited)\s+(\d+|unlimited)/m;

function parsed(value: string | undefined): number {
  return value === "unlimited" ? Infinity : Number(value);
}

/** Undefined where the system does not say (no /proc). */
export function openFileLimit(): FileLimit | undefined {
  try {
    const found = LIMIT_LINE.exec(readFileSync("/proc/self/limits", "utf8"));
    return found === null ? undefined : { soft: parsed(found[1]), hard: parsed(found[2]) };
  } catch {
    return undefined;
  }
}

/** How many are open now; undefined where the system does not say. */
export function openFiles(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return undefined;
  }
}
