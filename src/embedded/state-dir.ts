/** The folder that holds everything `up` keeps: made, checked and locked before anything is started in it. */

import { closeSync, fsyncSync, mkdirSync, openSync, readSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";

import { TocsinError } from "../errors.js";
import { errorCode } from "../lib/error-code.js";
import { fileTrouble } from "./file-trouble.js";
import { readStateFile, writeStateFile } from "./state-file.js";
import { takeStateLock } from "./state-lock.js";

/** What this version writes. A folder of a later form is not touched. */
const FORM = 1;
/** Less free space than this and a server's database may be cut short in the middle of its first minute. */
const LEAST_FREE_BYTES = 128 * 1024 * 1024;

export interface StateDir {
  /** Absolute. */
  readonly path: string;
  /** The Temporal dev server's database. */
  readonly temporalFile: string;
  /** Where the children's logs lie. */
  readonly logs: string;
  /** Lets the next Tocsin have it; last of all. */
  release(): void;
}

/**
 * Opens (or makes) the state folder and locks it for this process. Throws `TocsinError`: RUN-011 in use, RUN-012 damaged, RUN-013
 * not writable, RUN-014 disk full, RUN-015 written by a later version.
 */
export function openStateDir(path: string, now: Date, leastFreeBytes = LEAST_FREE_BYTES): StateDir {
  const root = resolve(path);
  const temporalFile = join(root, "temporal", "temporal.db");
  const logs = join(root, "logs");
  makeFolder(root);
  const lockFile = join(root, "up.lock");
  const lock = guarded(lockFile, () => takeStateLock(lockFile, now));
  try {
    checkSpace(root, leastFreeBytes);
    tryWriting(join(root, ".write-test"));
    checkForm(root);
    for (const folder of [join(root, "temporal"), logs]) makeFolder(folder);
    writeStateFile(join(root, ".gitignore"), "*\n");
    checkDatabase(temporalFile);
  } catch (error) {
    lock.release();
    throw error;
  }
  return { path: root, temporalFile, logs, release: () => lock.release() };
}

function makeFolder(path: string): void {
  // The embedded PostgreSQL may run as another user and has to pass through; what is secret is closed file by file.
  guarded(path, () => mkdirSync(path, { recursive: true, mode: 0o755 }));
}

function guarded<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof TocsinError ? error : fileTrouble(error, path);
  }
}

function checkSpace(path: string, leastFreeBytes: number): void {
  const { bavail, bsize } = guarded(path, () => statfsSync(path));
  const free = bavail * bsize;
  if (free >= leastFreeBytes) return;
  const mib = (bytes: number) => `${Math.floor(bytes / 1024 / 1024)} MiB`;
  throw new TocsinError(
    "RUN-014",
    `${mib(free)} free for ${path}, at least ${mib(leastFreeBytes)} are needed`,
  );
}

function tryWriting(path: string): void {
  guarded(path, () => {
    const file = openSync(path, "w", 0o600);
    try {
      writeSync(file, Buffer.alloc(64 * 1024, 1));
      fsyncSync(file);
    } finally {
      closeSync(file);
      rmSync(path, { force: true });
    }
  });
}

function checkForm(root: string): void {
  const path = join(root, "tocsin-state.json");
  const kept = readStateFile(path);
  if (kept.state === "damaged")
    throw new TocsinError("RUN-012", `${path} is not what Tocsin wrote: ${kept.why}`);
  const form = kept.state === "read" ? formOf(kept.value) : FORM;
  if (form === undefined) throw new TocsinError("RUN-012", `${path} does not tell its form`);
  if (form > FORM)
    throw new TocsinError("RUN-015", `${root} has form ${form}, this Tocsin knows form ${FORM}`);
  if (kept.state === "absent") writeStateFile(path, `${JSON.stringify({ form: FORM })}\n`);
}

function formOf(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null || !("form" in value)) return undefined;
  return typeof value.form === "number" ? value.form : undefined;
}

/** A database that is no database would be found out by a server that starts, dies and starts again without end. */
function checkDatabase(path: string): void {
  const head = Buffer.alloc(16);
  try {
    const file = openSync(path, "r");
    try {
      // An empty file is a database that nothing was written to yet.
      if (readSync(file, head, 0, 16, 0) === 0) return;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw fileTrouble(error, path);
  }
  if (head.toString("latin1") === "SQLite format 3\0") return;
  throw new TocsinError("RUN-012", `${path} is not a database any more`);
}
