/**
 * One Tocsin per state folder: a lock file that names its holder. A holder that is gone, a zombie, or a later process with the same
 * number holds nothing. A holder on another machine (a shared volume) cannot be looked at, so it keeps touching the file.
 */

import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";

import { TocsinError } from "../errors.js";
import { errorCode } from "../lib/error-code.js";
import { identityOf, isRunning, readIdentity, type ProcessIdentity } from "./process-identity.js";

const TOUCH_EVERY_MS = 5_000;
const UNTOUCHED_IS_GONE_MS = 15_000;
/** A lock that its holder gives back at the wrong moment is tried again; what is none (a link to nowhere) stays in the way. */
const ROUNDS = 100;

export interface StateLock {
  /** Gives the folder back. Must be called once, last of all. */
  release(): void;
}

interface Holder extends ProcessIdentity {
  readonly host: string;
  readonly since: string;
}

/** Takes the lock at `path`. Throws RUN-011, naming the holder, when another Tocsin has it. */
export function takeStateLock(path: string, now: Date): StateLock {
  const self = identityOf(process.pid);
  if (self === undefined)
    throw new TocsinError("RUN-001", "this process cannot find itself among the processes");
  const text = JSON.stringify({ ...self, host: hostname(), since: now.toISOString() } satisfies Holder);
  for (let round = 0; round < ROUNDS; round += 1) {
    if (placed(path, text)) return held(path, text);
    const found = readIfThere(path);
    if (found === undefined) continue;
    const holder = readHolder(found);
    if (holder !== undefined && holds(holder, path, now)) throw inUse(path, holder);
    discard(path, found);
  }
  throw new TocsinError("RUN-012", `the lock ${path} can neither be read nor be replaced: remove it`);
}

/** Puts the file there with its content in one step, so that nobody ever reads half a lock; false when one is there already. */
function placed(path: string, text: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, text, { mode: 0o600 });
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Moves a lock without holder aside; if another Tocsin took it over meanwhile, its lock is put back. */
function discard(path: string, expected: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, "utf8") !== expected) linkSync(aside, path);
  } catch (error) {
    const errno = errorCode(error);
    if (errno !== "ENOENT" && errno !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function held(path: string, text: string): StateLock {
  const touching = setInterval(() => touch(path, text), TOUCH_EVERY_MS);
  touching.unref();
  return {
    release: () => {
      clearInterval(touching);
      if (readIfThere(path) === text) rmSync(path, { force: true });
    },
  };
}

function touch(path: string, text: string): void {
  const now = new Date();
  try {
    if (readIfThere(path) === text) utimesSync(path, now, now);
  } catch {
    // A disk that fails for a moment must not end what runs; what is written next finds out if it fails for longer.
  }
}

function holds(holder: Holder, path: string, now: Date): boolean {
  if (holder.host === hostname()) return isRunning(holder);
  const touchedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return touchedMs !== undefined && now.getTime() - touchedMs < UNTOUCHED_IS_GONE_MS;
}

function inUse(path: string, holder: Holder): TocsinError {
  const where = holder.host === hostname() ? "" : ` on ${holder.host}`;
  return new TocsinError(
    "RUN-011",
    `the state folder is in use by another Tocsin: process ${holder.pid}${where} since ${holder.since} (${path})`,
  );
}

function readHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const identity = readIdentity(value);
    if (identity === undefined || typeof value !== "object" || value === null) return undefined;
    const host = "host" in value && typeof value.host === "string" ? value.host : hostname();
    const since = "since" in value && typeof value.since === "string" ? value.since : "an unknown time";
    return { ...identity, host, since };
  } catch {
    // A file that is no lock (cut short by a full disk, say) locks nothing.
    return undefined;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
