/** Everything between "a folder" and "a command to run": binaries, owner, data folder, and what already runs there. */

import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { TocsinError } from "../errors.js";
import {
  type Answer,
  askServer,
  connectionStringOf,
  freePort,
  listenSettings,
  readPassword,
  type ServerAddress,
} from "./postgres-address.js";
import { type BinarySource, findPostgres, type PostgresBinaries } from "./postgres-binaries.js";
import { dataMajor, explainFailure, makeCluster } from "./postgres-cluster.js";
import { prepareFolder, serverOwner, socketFolder } from "./postgres-folder.js";
import {
  passStalePidFile,
  passStaleSocketLock,
  readPidFile,
  type RunningServer,
  saysReady,
} from "./postgres-pid.js";
import { identity, programEnvironment, type ServerOwner } from "./postgres-program.js";

export interface PostgresOptions {
  /** Holds the data folder and, where its path is short enough, the socket. Made when missing. */
  readonly dir: string;
  /** Receives what the server and this program say, a line at a time. */
  readonly log: (line: string) => void;
  /** Names the socket, or the port of the loopback address; 5432 and a free one by default. */
  readonly port?: number;
  /** False: the loopback address with a random password. Default: a socket wherever the system has them. */
  readonly sockets?: boolean;
  /** Takes programs from there only; by default the npm package's first, then the machine's. */
  readonly binaries?: BinarySource;
  /** `name=value`, in place of ours of the same name. */
  readonly settings?: readonly string[];
  /** How long a server that runs on the folder already may take to answer; 15 s by default. */
  readonly answerWithinMs?: number;
}

/** A server ready to be started, by `startPostgres` or by a supervisor that starts it anew whenever it ends. */
export interface PreparedPostgres {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly uid?: number;
  readonly gid?: number;
  /** "Fast" shutdown: sessions are ended, everything is written. SIGTERM would wait for sessions to leave. */
  readonly stopSignal: "SIGINT";
  readonly connectionString: string;
  readonly dataDir: string;
  readonly version: string;
  /** Set when a server left by a killed parent serves the folder already: nothing is to be started while it lives. */
  readonly running?: RunningServer;
  /** To be awaited before every start: passes over the pid file of a server that was killed. */
  beforeStart: () => Promise<void>;
  /** What it answers now: `refusing` means that waiting is of no use. Never rejects. */
  look: () => Promise<Answer>;
  /** The coded error for a start that ended with this output. */
  explain: (output: string) => TocsinError;
}

const MEMORY_SETTINGS = [
  "shared_buffers=32MB",
  "work_mem=8MB",
  "maintenance_work_mem=32MB",
  "max_connections=60",
  "max_worker_processes=4",
  "max_parallel_workers_per_gather=0",
  "jit=off",
];
/** After a crash the whole file system is synced in one go; file by file it takes minutes on a slow disk. */
const RECOVERY_SETTINGS = process.platform === "linux" ? ["recovery_init_sync_method=syncfs"] : [];
const DURABILITY_SETTINGS = [
  "fsync=on",
  "wal_level=minimal",
  "max_wal_senders=0",
  "max_wal_size=512MB",
  "checkpoint_timeout=15min",
];
const LOG_SETTINGS = ["log_line_prefix=", "log_checkpoints=off", "log_timezone=UTC", "timezone=UTC"];

function settingArguments(
  binaries: PostgresBinaries,
  address: ServerAddress,
  more: readonly string[],
): readonly string[] {
  // Asynchronous I/O workers are three more processes for a store of this size.
  const ofVersion = binaries.major >= 18 ? ["io_method=sync"] : [];
  const all = [
    ...listenSettings(address),
    ...MEMORY_SETTINGS,
    ...DURABILITY_SETTINGS,
    ...RECOVERY_SETTINGS,
    ...LOG_SETTINGS,
    ...ofVersion,
    ...more,
  ];
  return all.flatMap((setting) => ["-c", setting]);
}

async function addressOf(
  folder: string,
  wanted: { readonly sockets: boolean; readonly port: number | undefined },
  owner: ServerOwner | undefined,
): Promise<ServerAddress> {
  if (!wanted.sockets) {
    return {
      kind: "loopback",
      port: wanted.port ?? (await freePort()),
      password: await readPassword(folder),
    };
  }
  const port = wanted.port ?? 5432;
  return { kind: "socket", port, socketDir: await socketFolder(folder, port, owner) };
}

async function addressOfRunning(folder: string, server: RunningServer): Promise<ServerAddress> {
  return server.socketDir === ""
    ? { kind: "loopback", port: server.port, password: await readPassword(folder) }
    : { kind: "socket", port: server.port, socketDir: server.socketDir };
}

/**
 * Serving means: serving that data folder. Another server at the same address is as good as none. One that is starting is not
 * asked: it would write a refusal into its log each time.
 */
async function look(address: ServerAddress, dataDir: string): Promise<Answer> {
  if (!(await saysReady(dataDir))) return { kind: "silent" };
  const answer = await askServer(address);
  if (answer.kind !== "serving" || (await realpath(answer.dataDir)) === dataDir) return answer;
  return { kind: "refusing", why: `the server there serves ${answer.dataDir}` };
}

async function isServing(address: ServerAddress, dataDir: string): Promise<boolean> {
  return (await look(address, dataDir)).kind === "serving";
}

interface Adopted {
  readonly server: RunningServer;
  readonly address: ServerAddress;
}

/**
 * The living server of the data folder, once it answers; undefined when none is left. One that is starting or stopping is
 * waited for. Rejects with STO-023 when it lives and does not answer in time.
 */
async function adopt(
  folder: string,
  dataDir: string,
  options: PostgresOptions,
): Promise<Adopted | undefined> {
  const withinMs = options.answerWithinMs ?? 15_000;
  for (const began = performance.now(); ;) {
    const file = await readPidFile(dataDir);
    if (file.state === "absent") return undefined;
    if (file.state === "stale") {
      options.log(`passing over the pid file of process ${file.pid}: ${file.why}`);
      return undefined;
    }
    const address = await addressOfRunning(folder, file.server);
    if (await isServing(address, dataDir)) {
      options.log(`adopting the server that runs as process ${file.server.pid}`);
      return { server: file.server, address };
    }
    if (performance.now() - began > withinMs) {
      const who = `process ${file.server.pid} serves ${dataDir}`;
      throw new TocsinError("STO-023", `${who} and has not answered for ${withinMs / 1000} s`);
    }
    await pause(100);
  }
}

/**
 * Finds or makes the data folder `dir/data` and answers how to serve it. Rejects with `TocsinError` STO-020 to STO-029: no
 * programs, another major version, a damaged folder, one in use by a server that does not answer, a full disk, a folder that
 * the unprivileged user cannot reach.
 */
export async function preparePostgres(options: PostgresOptions): Promise<PreparedPostgres> {
  const owner = await serverOwner(join(options.dir, "data"));
  const folder = await prepareFolder(options.dir, owner);
  const dataDir = join(folder, "data");
  const sockets = options.sockets ?? process.platform !== "win32";
  const major = await dataMajor(dataDir);
  const binaries = await findPostgres({ owner, major, from: options.binaries });
  if (major === undefined) await makeCluster(binaries, folder, { owner, password: !sockets });
  const adopted = await adopt(folder, dataDir, options);
  const address = adopted?.address ?? (await addressOf(folder, { sockets, port: options.port }, owner));
  return {
    command: binaries.postgres,
    args: ["-D", dataDir, ...settingArguments(binaries, address, options.settings ?? [])],
    env: programEnvironment(),
    cwd: folder,
    ...identity(owner),
    stopSignal: "SIGINT",
    connectionString: connectionStringOf(address),
    dataDir,
    version: binaries.version,
    ...(adopted === undefined ? {} : { running: adopted.server }),
    beforeStart: async () => {
      if ((await readPidFile(dataDir)).state === "stale") await passStalePidFile(dataDir);
      if (address.kind === "socket") await passStaleSocketLock(address, dataDir);
    },
    look: () => look(address, dataDir),
    explain: (output) => explainFailure(`PostgreSQL did not start on ${dataDir}`, output, "STO-028"),
  };
}
