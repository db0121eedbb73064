/** Which installation a command means: flags first, then the environment, then what a running `up` left in the state folder, then defaults. */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Command } from "commander";

import { called } from "./called-as.js";
import type { Io } from "./io.js";
import { shown } from "./shown-path.js";
import { upHere } from "./up-record.js";
import type { UpHere } from "./up-record.js";

export interface ConnectionFlags {
  readonly address?: string;
  readonly namespace?: string;
  readonly prefix?: string;
  readonly database?: string;
  readonly dir?: string;
}

export interface Context {
  /** `host:port` of the Temporal front end. */
  readonly address: string;
  readonly namespace: string;
  /** Empty, or ends in `-`. */
  readonly prefix: string;
  readonly databaseUrl?: string;
  /** The state folder, absolute. It need not exist. */
  readonly dir: string;
  /** Where the Temporal UI is, when TOCSIN_UI or a running `up` said so. */
  readonly ui?: string;
  /** Where the HTTP listener is, when a running `up` said so. */
  readonly api?: string;
  /** Where `address` and `namespace` were found: what a person has to change when they are wrong. */
  readonly from: string;
  readonly namespaceFrom: string;
  /** An `up` runs in the state folder. */
  readonly upRuns: boolean;
  /** Nobody named a server: a profile in temporal.toml comes before the default. */
  readonly guessed?: true;
  /** In words: an `up` has run in the state folder, none does now, and nobody named another server. */
  readonly stopped?: string;
}

const DEFAULT_ADDRESS = "127.0.0.1:7233";
const DEFAULT_NAMESPACE = "default";
const DEFAULT_DIR = ".tocsin";
/** Where a value comes from that nobody named. */
export const THE_DEFAULT = "the default";

/** Adds the flags that say which installation is meant. */
export function withConnection(command: Command): Command {
  return withStateDir(command)
    .option("--address <host:port>", "Temporal's address (TEMPORAL_ADDRESS)")
    .option("--namespace <name>", "Temporal's namespace (TEMPORAL_NAMESPACE)")
    .option(
      "--prefix <text>",
      "prefix of ids and queues when installations share a namespace (TOCSIN_PREFIX)",
    )
    .option("--database <url>", "the store's connection string (DATABASE_URL)");
}

/** Adds `--dir` alone, for commands that connect to nothing. */
export function withStateDir(command: Command): Command {
  return command.option("--dir <folder>", "the state folder (TOCSIN_DIR, else .tocsin)");
}

/**
 * Reads the environment and the state folder; connects to nothing and never throws. `folder`: whether the command only looks for a
 * state folder, or makes the one that is named.
 */
export function resolveContext(
  flags: ConnectionFlags,
  io: Pick<Io, "env" | "cwd">,
  folder: "looked for" | "made" = "looked for",
): Context {
  const { env } = io;
  const dir = resolve(io.cwd, flags.dir ?? set(env.TOCSIN_DIR) ?? DEFAULT_DIR);
  const here = upHere(dir);
  const up = here.state === "runs" ? here.record : {};
  const record = join(dir, "up.json");
  const address = firstOf([
    ["--address", flags.address],
    ["TEMPORAL_ADDRESS", set(env.TEMPORAL_ADDRESS)],
    [record, up.temporal],
  ]);
  const namespace = firstOf([
    ["--namespace", flags.namespace],
    ["TEMPORAL_NAMESPACE", set(env.TEMPORAL_NAMESPACE)],
    [record, up.namespace],
  ]);
  const isMissing = folder === "looked for" && flags.dir !== undefined && !existsSync(dir);
  const stopped = address === undefined ? stoppedText(here, dir, isMissing, io) : undefined;
  const ui = set(env.TOCSIN_UI) ?? up.ui;
  const databaseUrl = flags.database ?? set(env.DATABASE_URL) ?? up.database;
  return {
    address: address?.value ?? DEFAULT_ADDRESS,
    from: address?.from ?? THE_DEFAULT,
    namespace: namespace?.value ?? DEFAULT_NAMESPACE,
    namespaceFrom: namespace?.from ?? THE_DEFAULT,
    prefix: normalPrefix(flags.prefix ?? set(env.TOCSIN_PREFIX) ?? ""),
    dir,
    upRuns: here.state === "runs",
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(ui === undefined ? {} : { ui }),
    ...(up.api === undefined ? {} : { api: up.api }),
    ...(address === undefined ? { guessed: true } : {}),
    ...(stopped === undefined ? {} : { stopped }),
  };
}

/** Undefined where no `up` is to be expected. */
function stoppedText(
  { state }: UpHere,
  dir: string,
  isMissing: boolean,
  { env, cwd }: Pick<Io, "env" | "cwd">,
): string | undefined {
  if (state === "starts") return `the \`tocsin up\` of ${dir} is still starting`;
  if (state !== "stopped" && !isMissing) return undefined;
  const usual = dir === resolve(cwd, DEFAULT_DIR) ? "" : ` --dir ${shown(dir, cwd)}`;
  return `the \`tocsin up\` of ${dir} is not running; start it: ${called("up", env)}${usual}`;
}

function normalPrefix(prefix: string): string {
  return prefix === "" || prefix.endsWith("-") ? prefix : `${prefix}-`;
}

/** An empty variable counts as unset. */
function set(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function firstOf(
  candidates: readonly (readonly [string, string | undefined])[],
): { readonly from: string; readonly value: string } | undefined {
  for (const [from, value] of candidates) if (value !== undefined) return { from, value };
  return undefined;
}
