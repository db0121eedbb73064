/** Which installation a command means: flags first, then the environment, then what a running `up` left in the state folder, then defaults. */

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Command } from "commander";

import type { Io } from "./io.js";

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
  /** Where the Temporal UI is, when a running `up` said so. */
  readonly ui?: string;
  /** Where the HTTP listener is, when a running `up` said so. */
  readonly api?: string;
  /** Where `address` and `namespace` were found: what a person has to change when they are wrong. */
  readonly from: string;
  readonly namespaceFrom: string;
  /** An `up` has left its record in the state folder. */
  readonly upRuns: boolean;
}

/** What `tocsin up` leaves in its state folder; read leniently, it may be of another version. */
interface UpRecord {
  readonly temporal?: string;
  readonly namespace?: string;
  readonly ui?: string;
  readonly api?: string;
  readonly database?: string;
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

/** Reads the environment and the state folder; connects to nothing and never throws. */
export function resolveContext(flags: ConnectionFlags, io: Pick<Io, "env" | "cwd">): Context {
  const { env } = io;
  const dir = resolve(io.cwd, flags.dir ?? set(env.TOCSIN_DIR) ?? DEFAULT_DIR);
  const up = readUpRecord(dir);
  const record = join(dir, "up.json");
  const address = firstOf(DEFAULT_ADDRESS, [
    ["--address", flags.address],
    ["TEMPORAL_ADDRESS", set(env.TEMPORAL_ADDRESS)],
    [record, up.temporal],
  ]);
  const namespace = firstOf(DEFAULT_NAMESPACE, [
    ["--namespace", flags.namespace],
    ["TEMPORAL_NAMESPACE", set(env.TEMPORAL_NAMESPACE)],
    [record, up.namespace],
  ]);
  const databaseUrl = flags.database ?? set(env.DATABASE_URL) ?? up.database;
  return {
    address: address.value,
    from: address.from,
    namespace: namespace.value,
    namespaceFrom: namespace.from,
    prefix: normalPrefix(flags.prefix ?? set(env.TOCSIN_PREFIX) ?? ""),
    dir,
    upRuns: up.temporal !== undefined,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(up.ui === undefined ? {} : { ui: up.ui }),
    ...(up.api === undefined ? {} : { api: up.api }),
  };
}

function normalPrefix(prefix: string): string {
  return prefix === "" || prefix.endsWith("-") ? prefix : `${prefix}-`;
}

/** An empty variable counts as unset. */
function set(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function firstOf(
  byDefault: string,
  candidates: readonly (readonly [string, string | undefined])[],
): { readonly from: string; readonly value: string } {
  for (const [from, value] of candidates) if (value !== undefined) return { from, value };
  return { from: THE_DEFAULT, value: byDefault };
}

function readUpRecord(dir: string): UpRecord {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(dir, "up.json"), "utf8"));
  } catch {
    // No `up` runs here, or it is just writing: the other sources decide.
    return {};
  }
  if (typeof value !== "object" || value === null) return {};
  const texts = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(texts);
}
