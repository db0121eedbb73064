/** The folder an embedded server lives in: who owns it, whether that user can reach it, where its socket goes. */

import { createHash } from "node:crypto";
import { chmod, chown, lstat, mkdir, readdir, realpath, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { TocsinError } from "../errors.js";
import { errorCode, errorText } from "../lib/error-code.js";
import { runProgram, type ServerOwner } from "./postgres-program.js";

/** What lies in the folder besides sockets: anything else means that the folder is somebody else's. */
const OURS = /^(data|data\.new-[^.]+|password|\.s\.PGSQL\..*)$/;
/** `sun_path` holds 108 bytes on Linux and 104 on BSDs and macOS, the last one zero. */
const SOCKET_PATH_BYTES = process.platform === "linux" ? 107 : 103;

async function identityOf(user: string): Promise<ServerOwner | undefined> {
  const [uid, gid, name] = await Promise.all(
    [["-u"], ["-g"], ["-un"]].map((flags) => runProgram("id", [...flags, user], { timeoutMs: 5_000 })),
  );
  if (uid?.code !== 0 || gid?.code !== 0 || name?.code !== 0) return undefined;
  return { uid: Number(uid.output), gid: Number(gid.output), name: name.output.trim() };
}

async function ownerUid(path: string): Promise<number | undefined> {
  return stat(path).then(
    (found) => found.uid,
    () => undefined,
  );
}

/**
 * The user to run as when we are root: the one that owns the data already, else `postgres`, else `nobody`. Undefined when we
 * are not root and simply run as ourselves. Rejects with STO-026 when no such user exists.
 */
export async function serverOwner(dataDir: string): Promise<ServerOwner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const uid = await ownerUid(dataDir);
  const names = uid === undefined || uid === 0 ? ["postgres", "nobody"] : [String(uid)];
  for (const name of names) {
    const owner = await identityOf(name);
    if (owner !== undefined && owner.uid !== 0) return owner;
  }
  throw new TocsinError("STO-026", `no unprivileged user to run PostgreSQL as: tried ${names.join(", ")}`);
}

function mayEnter(
  folder: { readonly mode: number; readonly uid: number; readonly gid: number },
  owner: ServerOwner,
): boolean {
  if (folder.uid === owner.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === owner.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}

async function refuseUnreachable(folder: string, owner: ServerOwner): Promise<void> {
  for (let parent = dirname(folder); ; parent = dirname(parent)) {
    if (!mayEnter(await stat(parent), owner)) {
      const what = `user ${owner.name}, whom PostgreSQL runs as, may not enter ${parent}`;
      throw new TocsinError("STO-025", `${what}, so it cannot reach ${folder}`);
    }
    if (parent === dirname(parent)) return;
  }
}

async function refuseForeign(folder: string): Promise<void> {
  const foreign = (await readdir(folder)).find((name) => !OURS.test(name));
  if (foreign === undefined) return;
  throw new TocsinError(
    "STO-022",
    `${folder} holds ${foreign}, so it is not a folder of Tocsin's PostgreSQL`,
  );
}

/**
 * Makes the folder private to the server's user and answers its real path. Rejects with STO-022 when it holds anything else,
 * with STO-025 when that user cannot get to it.
 */
export async function prepareFolder(dir: string, owner: ServerOwner | undefined): Promise<string> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o755 });
    const folder = await realpath(dir);
    await refuseForeign(folder);
    if (owner !== undefined) {
      await refuseUnreachable(folder, owner);
      await chown(folder, owner.uid, owner.gid);
    }
    await chmod(folder, 0o700);
    return folder;
  } catch (error) {
    if (error instanceof TocsinError) throw error;
    const code = errorCode(error) === "ENOSPC" ? "STO-024" : "STO-025";
    throw new TocsinError(code, `the folder ${dir} cannot be used: ${errorText(error)}`, { cause: error });
  }
}

function fits(folder: string, port: number): boolean {
  return Buffer.byteLength(join(folder, `.s.PGSQL.${port}`)) <= SOCKET_PATH_BYTES;
}

/** A short private folder for the socket of a data folder with a long path: the same at every start. */
async function shortFolder(folder: string, owner: ServerOwner | undefined): Promise<string> {
  const name = `tocsin-${createHash("sha256").update(folder).digest("hex").slice(0, 12)}`;
  const short = join(await realpath(tmpdir()), name);
  const made = await mkdir(short, { mode: 0o700 }).then(
    () => true,
    () => false,
  );
  if (made && owner !== undefined) await chown(short, owner.uid, owner.gid);
  const found = await lstat(short);
  const uid = owner?.uid ?? process.getuid?.();
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new TocsinError("STO-029", `the socket folder ${short} is not ours alone`);
  }
  return short;
}

/** Where the server's socket goes: its own folder, or a short one where the path of that would be too long for a socket. */
export async function socketFolder(
  folder: string,
  port: number,
  owner: ServerOwner | undefined,
): Promise<string> {
  return fits(folder, port) ? folder : shortFolder(folder, owner);
}
