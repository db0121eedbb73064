/** The Temporal dev server as a child of `up`: how it is started, when it really serves, and what its namespace must have. */

import { connect } from "node:net";
import { basename, dirname } from "node:path";

import { TocsinError } from "../errors.js";
import { runCommand } from "./run-command.js";
import type { ChildPlan } from "./child-plan.js";

export interface DevServer {
  /** The Temporal CLI. */
  readonly program: string;
  readonly port: number;
  readonly uiPort: number;
  /** The SQLite file; its folder must exist. */
  readonly file: string;
  readonly namespace: string;
  /** How long the history of a closed workflow is kept. */
  readonly retentionMs: number;
  /** Name to type (`Keyword`, `Int`), registered before anything can be started with them. */
  readonly searchAttributes: Readonly<Record<string, string>>;
}

const HOST = "127.0.0.1";
const ASK_TIMEOUT_MS = 5_000;
const GRACE_MS = 10_000;
/**
 * How far the server may round a timer up. Its own choice is a second: a timer that is due within a second after another one then
 * fires up to a second late, and so would a page.
 */
const TIMER_SHIFT = "50ms";

/** `host:port` of the server's front end. */
export function devServerAddress(server: Pick<DevServer, "port">): string {
  return `${HOST}:${server.port}`;
}

/** How to run the server under supervision. Everything it acknowledges is on disk: `synchronous=full`. */
export function devServerPlan(server: DevServer, env: NodeJS.ProcessEnv): ChildPlan {
  const ownEnv = withoutTemporalSettings(env);
  return {
    name: "temporal",
    command: server.program,
    args: devServerArguments(server),
    env: ownEnv,
    // The server puts the file's path into a URI as it stands, where `#`, `?` and `%` would end it: so it is told the name alone.
    cwd: dirname(server.file),
    serves: (signal) => serves(server, ownEnv, signal),
    explain: (lastWords) => explained(server.file, lastWords),
    holdsInput: false,
    graceMs: GRACE_MS,
  };
}

/** What is wrong with the file, when that is what the server died of. */
function explained(file: string, lastWords: string): TocsinError {
  if (/malformed|not a database|corrupt/i.test(lastWords))
    return new TocsinError("RUN-012", `${file}: ${lastLine(lastWords)}`);
  if (/disk is full|no space left/i.test(lastWords))
    return new TocsinError("RUN-014", `${file}: ${lastLine(lastWords)}`);
  return new TocsinError("RUN-016", `the Temporal server did not start on ${file}: ${lastLine(lastWords)}`);
}

/** The last line that says something of an error, else the last line. */
function lastLine(words: string): string {
  const lines = words.split("\n").filter((line) => line.trim() !== "");
  return (
    lines.filter((line) => /error|fail|unable/i.test(line)).at(-1) ??
    lines.at(-1) ??
    "it said nothing"
  ).slice(0, 500);
}

function devServerArguments(server: DevServer): readonly string[] {
  const attributes = Object.entries(server.searchAttributes);
  return [
    ...["server", "start-dev"],
    ...["--ip", HOST, "--port", String(server.port), "--ui-port", String(server.uiPort)],
    ...["--db-filename", basename(server.file)],
    ...["--dynamic-config-value", `history.timerProcessorMaxTimeShift="${TIMER_SHIFT}"`],
    ...["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=full"],
    ...["--namespace", server.namespace],
    ...attributes.flatMap(([name, type]) => ["--search-attribute", `${name}=${type}`]),
    ...["--log-level", "warn", "--log-format", "json", "--color", "never"],
  ];
}

/** Settings for clients (address, TLS, key, profile) must not reach the server or the questions put to it. */
function withoutTemporalSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith("TEMPORAL_"));
  return { ...Object.fromEntries(kept), TEMPORAL_CONFIG_FILE: "/dev/null" };
}

type Ask = (...args: readonly string[]) => Promise<{ readonly ok: boolean; readonly said: string }>;

/**
 * Whether every part of the server answers, and the namespace is as it must be. "Serving" alone is not enough: for some seconds
 * after a restart the front end may answer while the parts behind it have not found each other.
 */
async function serves(server: DevServer, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<boolean> {
  if (!(await accepts(server.port))) return false;
  const ask: Ask = async (...args) => {
    if (signal.aborted) return { ok: false, said: "" };
    const where = ["--address", devServerAddress(server), "--color", "never"];
    const end = await runCommand({
      command: server.program,
      args: [...args, ...where],
      env,
      timeoutMs: ASK_TIMEOUT_MS,
    });
    return { ok: end.ok, said: `${end.stdout}${end.why}` };
  };
  const health = await ask("operator", "cluster", "health");
  if (!health.ok || !health.said.includes("SERVING") || health.said.includes("NOT_SERVING")) return false;
  const answers = await Promise.all([
    historyAnswers(server, ask),
    matchingAnswers(server, ask),
    registerAttributes(server, ask),
    keepHistories(server, ask),
  ]);
  return answers.every((each) => each);
}

/** A question about a workflow that never was is answered by the part that keeps histories. */
async function historyAnswers({ namespace }: DevServer, ask: Ask): Promise<boolean> {
  const { ok, said } = await ask("workflow", "describe", "-n", namespace, "-w", "tocsin-is-it-serving");
  return ok || said.includes("not found");
}

async function matchingAnswers({ namespace }: DevServer, ask: Ask): Promise<boolean> {
  const { ok } = await ask("task-queue", "describe", "-n", namespace, "--task-queue", "tocsin");
  return ok;
}

/** The start option registers attributes only when it makes the namespace; a file of an earlier version lacks the newer ones. */
async function registerAttributes({ namespace, searchAttributes }: DevServer, ask: Ask): Promise<boolean> {
  const listed = await ask("operator", "search-attribute", "list", "-n", namespace);
  if (!listed.ok) return false;
  const known = new Set(listed.said.split(/\s+/));
  const missing = Object.entries(searchAttributes).filter(([name]) => !known.has(name));
  if (missing.length === 0) return true;
  const named = missing.flatMap(([name, type]) => ["--name", name, "--type", type]);
  const made = await ask("operator", "search-attribute", "create", "-n", namespace, ...named);
  return made.ok;
}

async function keepHistories({ namespace, retentionMs }: DevServer, ask: Ask): Promise<boolean> {
  const hours = `${Math.round(retentionMs / 3_600_000)}h`;
  const { ok } = await ask("operator", "namespace", "update", "-n", namespace, "--retention", hours);
  return ok;
}

/** Asking a port is cheap; starting the CLI for it only pays once something listens. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: HOST, timeout: 1_000 });
    const answer = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", answer(true));
    socket.once("error", answer(false));
    socket.once("timeout", answer(false));
  });
}
