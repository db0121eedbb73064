/** A real Temporal dev server for integration tests, on free loopback ports, in memory or on a file. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { Connection } from "@temporalio/client";
import { findTemporal, hereWith } from "../../src/embedded/binaries.js";

export interface TemporalServerOptions {
  /** Registered when the server first starts; `default` when not given. */
  readonly namespace?: string;
  /** SQLite file for what must outlive the process; in memory when not given. */
  readonly databaseFile?: string;
  /** Name to type (`Keyword`, `Int`). */
  readonly searchAttributes?: Readonly<Record<string, string>>;
}

export interface TestTemporalServer {
  /** `127.0.0.1:port` */
  readonly address: string;
  readonly namespace: string;
  readonly uiPort: number;
  readonly pid: number;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it as a crash would; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same ports and file, after `stop` or `kill`. */
  restart(): Promise<void>;
}

interface Launch {
  readonly program: string;
  readonly args: readonly string[];
}

interface Running {
  readonly guard: ChildProcess;
  readonly pid: number;
  readonly lastLines: readonly string[];
}

const HOST = "127.0.0.1";
/** A first start makes its tables; a restart on a file may wait ten seconds for its own stale membership. */
const SERVING_WITHIN_MS = 60_000;
const LINES_KEPT = 30;

/**
 * The server dies with the test process, however that ends: the guard notices that its standard input has closed. Its first line of
 * output is the server's process id.
 */
const GUARD = `
exec 3<&0
"$@" >&2 3<&- & server=$!
( read -r _ <&3; kill -KILL "$server" ) & guard=$!
echo "$server"
wait "$server"; status=$?
kill "$guard" 2>/dev/null
exit "$status"`;

/** The Temporal CLI: TOCSIN_TEMPORAL_BIN, else `temporal` on PATH, else what Tocsin itself finds or fetches. */
async function temporalProgram(): Promise<string> {
  const named = process.env.TOCSIN_TEMPORAL_BIN;
  if (named) return named;
  const quiet = { note: () => undefined, bytes: () => undefined };
  return (await findTemporal(hereWith(process.env, quiet))).path;
}

/** Resolves when workflows can be started. */
export async function startTemporalServer(options: TemporalServerOptions = {}): Promise<TestTemporalServer> {
  const { namespace = "default" } = options;
  const [port, uiPort] = await freePorts();
  const address = `${HOST}:${port}`;
  const launch = {
    program: await temporalProgram(),
    args: serverArguments(options, namespace, port, uiPort),
  };
  let running = await begin(launch, address, namespace);
  return {
    address,
    namespace,
    uiPort,
    get pid() {
      return running.pid;
    },
    stop: () => end(running, "SIGTERM"),
    kill: () => end(running, "SIGKILL"),
    restart: async () => {
      running = await begin(launch, address, namespace);
    },
  };
}

function serverArguments(
  { databaseFile, searchAttributes = {} }: TemporalServerOptions,
  namespace: string,
  port: number,
  uiPort: number,
): readonly string[] {
  const file =
    databaseFile === undefined
      ? []
      : ["--db-filename", databaseFile, ...pragma("journal_mode=wal"), ...pragma("synchronous=full")];
  return [
    ...["server", "start-dev", "--ip", HOST, "--port", String(port), "--ui-port", String(uiPort)],
    ...["--namespace", namespace, "--log-level", "warn", "--color", "never"],
    ...Object.entries(searchAttributes).flatMap(([name, type]) => ["--search-attribute", `${name}=${type}`]),
    ...file,
  ];
}

function pragma(setting: string): readonly string[] {
  return ["--sqlite-pragma", setting];
}

async function begin(launch: Launch, address: string, namespace: string): Promise<Running> {
  const running = await spawnGuarded(launch);
  try {
    await serving(running, address, namespace);
  } catch (error) {
    await end(running, "SIGKILL");
    throw error;
  }
  return running;
}

async function spawnGuarded({ program, args }: Launch): Promise<Running> {
  const guard = spawn("/bin/sh", ["-c", GUARD, "sh", program, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
  const lastLines: string[] = [];
  createInterface({ input: guard.stderr }).on("line", (line) => {
    lastLines.push(line);
    lastLines.splice(0, lastLines.length - LINES_KEPT);
  });
  const [pid] = (await once(createInterface({ input: guard.stdout }), "line")) as [string];
  return { guard, pid: Number(pid), lastLines };
}

async function end({ guard, pid }: Running, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (guard.exitCode !== null) return;
  const exited = once(guard, "exit");
  process.kill(pid, signal);
  await exited;
}

/** Waits until the front end, the histories and the matching all answer for the namespace. */
async function serving(running: Running, address: string, namespace: string): Promise<void> {
  const giveUpAt = performance.now() + SERVING_WITHIN_MS;
  for (;;) {
    const trouble = await ask(address, namespace).catch((error: unknown) => error);
    if (trouble === undefined) return;
    const dead = running.guard.exitCode !== null;
    if (dead || performance.now() > giveUpAt) {
      const why = trouble instanceof Error ? trouble.message : "no answer";
      const said = running.lastLines.join("\n");
      throw new Error(`the Temporal server ${dead ? "ended" : "does not serve"}: ${why}\n${said}`);
    }
    await pause(100);
  }
}

async function ask(address: string, namespace: string): Promise<undefined> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 });
  try {
    await connection.withDeadline(Date.now() + 2_000, async () => {
      const taskQueue = { name: "tocsin-is-it-serving" };
      await connection.workflowService.describeNamespace({ namespace });
      await connection.workflowService.describeTaskQueue({ namespace, taskQueue });
      await connection.workflowService.countWorkflowExecutions({ namespace });
      const execution = { workflowId: "tocsin-is-it-serving" };
      await connection.workflowService
        .describeWorkflowExecution({ namespace, execution })
        .catch((error: unknown) => notFoundIsFine(error));
    });
  } finally {
    await connection.close();
  }
}

function notFoundIsFine(error: unknown): void {
  const NOT_FOUND = 5;
  if (typeof error === "object" && error !== null && "code" in error && error.code === NOT_FOUND) return;
  throw error;
}

/** Two ports that nobody listens on now, chosen together so that they differ. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()] as const;
  const [first, second] = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, HOST);
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    }),
  );
  await Promise.all(
    servers.map(async (server) => {
      server.close();
      await once(server, "close");
    }),
  );
  return [first ?? 0, second ?? 0];
}
