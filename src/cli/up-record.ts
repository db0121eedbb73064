/** What a running `up` has left in its state folder for other commands, and whether it still runs. */

import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

import { identityOf, isRunning, readIdentity } from "../embedded/process-identity.js";

/** Read leniently: it may be of another version. */
export interface UpRecord {
  readonly temporal?: string;
  readonly namespace?: string;
  readonly ui?: string;
  readonly api?: string;
  readonly database?: string;
}

export type UpHere =
  | { readonly state: "runs"; readonly record: UpRecord }
  /** It holds the folder and has not said yet where everything is. */
  | { readonly state: "starts" }
  /** One has run here, and none does now. */
  | { readonly state: "stopped" }
  | { readonly state: "never" };

/** Every `up` writes it first of all, and leaves it. */
const MARK = "tocsin-state.json";

export function upHere(dir: string): UpHere {
  const record = read(join(dir, "up.json"));
  const lock = read(join(dir, "up.lock"));
  if (record !== undefined && (isElsewhere(lock) || !isOver(record))) {
    return { state: "runs", record: textsOf(record) };
  }
  const holder = readIdentity(lock);
  if (record === undefined && holder !== undefined && isRunning(holder)) return { state: "starts" };
  return { state: record !== undefined || existsSync(join(dir, MARK)) ? "stopped" : "never" };
}

/** On another machine or in another container that shares the folder: its numbers mean nothing here. */
function isElsewhere(lock: Readonly<Record<string, unknown>> | undefined): boolean {
  return typeof lock?.host === "string" && lock.host !== hostname();
}

/** Killed, and the server that it ran with it; one that outlived it, or that is somebody else's, can still be talked to. */
function isOver({ pid, pids }: Readonly<Record<string, unknown>>): boolean {
  const server: unknown =
    typeof pids === "object" && pids !== null && "temporal" in pids ? pids.temporal : undefined;
  return isGone(pid) && isGone(server);
}

function isGone(pid: unknown): boolean {
  return typeof pid === "number" && identityOf(pid) === undefined;
}

function textsOf(record: Readonly<Record<string, unknown>>): UpRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => typeof value === "string"));
}

/** Undefined when it is not there, is just being written, or is no record. */
function read(path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
