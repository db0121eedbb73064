/** Runs PostgreSQL's short-lived programs (initdb, `--version`, single-user mode) to their end, as the user the server belongs to. */

import { spawn } from "node:child_process";

/** The unprivileged user that a server started by root runs as. */
export interface ServerOwner {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

export interface ProgramResult {
  /** Exit code; undefined when a signal ended it or it could not be started. */
  readonly code: number | undefined;
  /** Standard output and error as they came, at most the last 64 KB. */
  readonly output: string;
}

const MAX_OUTPUT = 65_536;

/** Messages must stay in English: what a server says is told apart by its words. */
export function programEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}

/** `uid` and `gid` for `spawn`, when the program is to run as somebody else. */
export function identity(owner: ServerOwner | undefined): { uid?: number; gid?: number } {
  return owner === undefined ? {} : { uid: owner.uid, gid: owner.gid };
}

/** Never rejects: a program that cannot be started has no exit code, and the reason as its output. Killed at the end of its time. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly owner?: ServerOwner | undefined; readonly input?: string; readonly timeoutMs: number },
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      ...identity(options.owner),
      cwd: "/",
      env: programEnvironment(),
      stdio: "pipe",
      windowsHide: true,
    });
    const limit = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs);
    const finish = (result: ProgramResult): void => {
      clearTimeout(limit);
      resolve(result);
    };
    let output = "";
    const collect = (chunk: string): void => {
      output = (output + chunk).slice(-MAX_OUTPUT);
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    // A program that ends before it has read its input is judged by its exit code, not by the broken pipe.
    let unread: Error | undefined;
    child.stdin.on("error", (error) => (unread = error)).end(options.input ?? "");
    child.once("error", (error) => finish({ code: undefined, output: error.message }));
    child.once("close", (code) =>
      finish({
        code: code ?? undefined,
        output: output === "" && code !== 0 ? String(unread ?? "") : output,
      }),
    );
  });
}
