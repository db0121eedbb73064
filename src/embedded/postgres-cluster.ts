/** Makes a data folder, whole or not at all, and refuses one that this program cannot serve. */

import { randomBytes } from "node:crypto";
import { access, chown, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TocsinError } from "../errors.js";
import { errorCode } from "../lib/error-code.js";
import type { PostgresBinaries } from "./postgres-binaries.js";
import { type ProgramResult, runProgram, type ServerOwner } from "./postgres-program.js";

/** User and database that everything of Tocsin connects with. */
export const DATABASE = "tocsin";

const MAKING_TIMEOUT_MS = 120_000;
const NEW = /^data\.new-(\d+)-/;
/** Another start made the data folder while this one was at it. */
const MADE_MEANWHILE = new Set(["EEXIST", "ENOTEMPTY"]);

/**
 * The major version that an existing data folder asks for; undefined when there is none yet. Rejects with STO-022 when the
 * folder is there without what every data folder holds.
 */
export async function dataMajor(dataDir: string): Promise<number | undefined> {
  const names = await readdir(dataDir).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return undefined;
    throw new TocsinError("STO-022", `the data folder ${dataDir} cannot be read`, { cause: error });
  });
  if (names === undefined) return undefined;
  const version = await readFile(join(dataDir, "PG_VERSION"), "utf8").catch(() => "");
  const major = Number.parseInt(version, 10);
  const control = await access(join(dataDir, "global", "pg_control")).then(
    () => true,
    () => false,
  );
  if (Number.isNaN(major) || !control) {
    const missing = control ? "PG_VERSION" : "global/pg_control";
    throw new TocsinError("STO-022", `the data folder ${dataDir} is damaged: no ${missing} in it`);
  }
  return major;
}

const FULL = "No space left on device";
const DAMAGED =
  /could not locate a valid checkpoint record|invalid checkpoint|incorrect checksum in control file|checksum does not match|could not open file "(global|pg_)|database files are incompatible|invalid data in file|is not a valid data directory|database "tocsin" does not exist|required WAL directory|could not open directory "pg_|could not read file "/;

/** The error for what one of PostgreSQL's programs said before it gave up. */
export function explainFailure(what: string, output: string, otherwise: "STO-027" | "STO-028"): TocsinError {
  const code = output.includes(FULL) ? "STO-024" : DAMAGED.test(output) ? "STO-022" : otherwise;
  const telling = output.split("\n").filter((line) => /FATAL|PANIC|ERROR|error:|HINT|denied/.test(line));
  const said = (telling.length > 0 ? telling : output.split("\n")).slice(-4).join("; ").trim();
  return new TocsinError(code, `${what}: ${said === "" ? "no output" : said}`);
}

function demandSuccess(what: string, result: ProgramResult): void {
  if (result.code !== 0) throw explainFailure(what, result.output, "STO-027");
}

function processIsGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return errorCode(error) === "ESRCH";
  }
}

/** Removes what starts that were killed half-way left behind; one that is still at work is not touched. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const maker = NEW.exec(name)?.[1];
    if (maker !== undefined && processIsGone(Number(maker))) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** A random password in a file that only the server's user may read, for servers that listen on the loopback address. */
async function makePassword(path: string, owner: ServerOwner | undefined): Promise<void> {
  await writeFile(path, randomBytes(24).toString("hex"), { mode: 0o600 });
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
}

async function initialise(
  binaries: PostgresBinaries,
  dataDir: string,
  passwordFile: string | undefined,
  owner: ServerOwner | undefined,
): Promise<void> {
  const access = passwordFile === undefined ? ["--auth=trust"] : ["--auth=scram-sha-256"];
  const password = passwordFile === undefined ? [] : [`--pwfile=${passwordFile}`];
  const args = ["--pgdata", dataDir, "--username", DATABASE, ...access, ...password];
  const settings = ["--encoding=UTF8", "--locale=C", "--data-checksums", "--no-instructions"];
  // One sync of the file system instead of a thousand of single files.
  if (process.platform === "linux" && binaries.major >= 17) settings.push("--sync-method=syncfs");
  const run = { owner, timeoutMs: MAKING_TIMEOUT_MS };
  demandSuccess(
    `no data folder could be made at ${dataDir}`,
    await runProgram(binaries.initdb, [...args, ...settings], run),
  );
  const single = ["--single", "-D", dataDir, "postgres"];
  const create = { ...run, input: `create database ${DATABASE}\n` };
  demandSuccess(
    `no database could be made in ${dataDir}`,
    await runProgram(binaries.postgres, single, create),
  );
}

/**
 * Makes the data folder `folder/data` in a folder beside it and moves it into place when it is complete, so that a start that
 * fails or is killed leaves nothing half-made. `password`: servers on the loopback address ask for the one in `folder/password`.
 * Rejects with STO-024 on a full disk, STO-027 otherwise.
 */
export async function makeCluster(
  binaries: PostgresBinaries,
  folder: string,
  options: { readonly owner: ServerOwner | undefined; readonly password: boolean },
): Promise<void> {
  await removeLeftovers(folder);
  const fresh = join(folder, `data.new-${process.pid}-${randomBytes(3).toString("hex")}`);
  const passwordFile = options.password ? join(folder, "password") : undefined;
  try {
    if (passwordFile !== undefined) await makePassword(passwordFile, options.owner);
    await initialise(binaries, fresh, passwordFile, options.owner);
    await rename(fresh, join(folder, "data"));
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (!MADE_MEANWHILE.has(errorCode(error) ?? "")) throw error;
  }
}
