/** Reads `postmaster.pid` and says what stands behind it: nothing, a leftover, or a living server of this very data folder. */

import { readFile, readlink, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../lib/error-code.js";
import { runProgram } from "./postgres-program.js";

/** A process that serves the data folder, as its pid file describes it. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** Empty when it listens on no socket. */
  readonly socketDir: string;
}

export type PidFile =
  | { readonly state: "absent" }
  /** Its process is gone, a zombie, or another program that got the same number. */
  | { readonly state: "stale"; readonly pid: number; readonly why: string }
  | { readonly state: "running"; readonly server: RunningServer };

const fileOf = (dataDir: string): string => join(dataDir, "postmaster.pid");

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else is there all the same.
    return errorCode(error) === "EPERM";
  }
}

interface ProcessLook {
  readonly zombie: boolean;
  readonly program: string;
}

async function lookAt(pid: number): Promise<ProcessLook | undefined> {
  if (process.platform === "linux") {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
    // The name stands in brackets and may hold any character, brackets too.
    const parts = stat === undefined ? null : /^\d+ \((.*)\) (\S)/s.exec(stat);
    return parts === null ? undefined : { program: parts[1] ?? "", zombie: parts[2] === "Z" };
  }
  const { code, output } = await runProgram("ps", ["-o", "stat=,comm=", "-p", String(pid)], {
    timeoutMs: 5_000,
  });
  const parts = /^\s*(\S+)\s+(.*\S)/.exec(output);
  if (code !== 0 || parts === null) return undefined;
  return { program: parts[2] ?? "", zombie: parts[1]?.startsWith("Z") === true };
}

/** A server sits in its data folder; where that cannot be read, its name has to do. */
async function serves(pid: number, look: ProcessLook, dataDir: string): Promise<boolean> {
  if (!look.program.includes("postgres")) return false;
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return folder === undefined || folder === (await realpath(dataDir));
}

/** Why this number does not stand for a living server of the data folder; undefined when it does. */
async function whyStale(pid: number, dataDir: string): Promise<string | undefined> {
  if (!exists(pid)) return "its process is gone";
  const look = await lookAt(pid);
  if (look === undefined) return "its process is gone";
  if (look.zombie) return "its process is a zombie";
  if (!(await serves(pid, look, dataDir))) return `its number now belongs to ${look.program}`;
  return undefined;
}

/** True while this process is a living server of that data folder: the only kind of process that may be told to stop. */
export async function isServerOf(pid: number, dataDir: string): Promise<boolean> {
  return (await whyStale(pid, dataDir)) === undefined;
}

export async function readPidFile(dataDir: string): Promise<PidFile> {
  const text = await readFile(fileOf(dataDir), "utf8").catch(() => undefined);
  if (text === undefined) return { state: "absent" };
  const [first, , , port, socketDir] = text.split("\n").map((line) => line.trim());
  const pid = Number(first);
  if (!Number.isSafeInteger(pid) || pid <= 0) return { state: "stale", pid: 0, why: "it is damaged" };
  const why = await whyStale(pid, dataDir);
  if (why !== undefined) return { state: "stale", pid, why };
  return { state: "running", server: { pid, port: Number(port), socketDir: socketDir ?? "" } };
}

/** Whether the server itself says, in the last line of its pid file, that it accepts connections. */
export async function saysReady(dataDir: string): Promise<boolean> {
  const text = await readFile(fileOf(dataDir), "utf8").catch(() => "");
  return text.split("\n")[7]?.trim() === "ready";
}

/**
 * Lets the next start pass a stale pid file. The file is kept and only its number replaced by that of the process that starts
 * the server, which PostgreSQL knows not to be a rival: it then still looks for leftover backends in the shared memory that
 * the file names, which removing the file would skip.
 */
export async function passStalePidFile(dataDir: string): Promise<void> {
  const file = fileOf(dataDir);
  const text = await readUnlessAbsent(file);
  if (text !== undefined) await putOurNumber(file, text);
}

/**
 * The same for the lock beside the server's socket, which PostgreSQL looks at apart. A server that was killed may lie there as a zombie
 * for as long as nobody asks how it ended, and counts as alive.
 */
export async function passStaleSocketLock(
  { socketDir, port }: Pick<RunningServer, "socketDir" | "port">,
  dataDir: string,
): Promise<void> {
  const lock = join(socketDir, `.s.PGSQL.${port}.lock`);
  const text = await readUnlessAbsent(lock);
  if (text === undefined) return;
  const pid = Number.parseInt(text, 10);
  if (pid > 0 && (await isServerOf(pid, dataDir))) return;
  await putOurNumber(lock, text);
}

/** `text` is what the lock holds. */
async function putOurNumber(lock: string, text: string): Promise<void> {
  await writeFile(lock, text.replace(/^[^\n]*/, String(process.pid)));
}

/** What cannot be read for another reason is the caller's trouble: a start over a lock that is not understood would only fail later. */
async function readUnlessAbsent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
