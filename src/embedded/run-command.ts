/** Runs a program to its end without a shell, for the few programs that help to obtain another one. */

import { spawn } from "node:child_process";

import { eachLine } from "./lines.js";

export interface CommandRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
  /** Sees every line of its standard error as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface CommandEnd {
  readonly ok: boolean;
  readonly stdout: string;
  /** Why it is not ok, in one line: the last thing it said, or that it is not there. Addresses carry no passwords. */
  readonly why: string;
}

/** Never rejects: a program that is missing, fails or takes too long is an answer. */
export function runCommand({
  command,
  args,
  env,
  timeoutMs,
  signal,
  onLine,
}: CommandRun): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env,
      stdio: ["ignore", "pipe", "pipe"],
      signal,
      killSignal: "SIGKILL",
    });
    let [stdout, last, late] = ["", "", false];
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, timeoutMs);
    eachLine(child.stdout, (line) => {
      stdout += `${line}\n`;
    });
    eachLine(child.stderr, (line) => {
      if (line.trim() !== "") last = withoutPasswords(line.trim());
      onLine?.(withoutPasswords(line));
    });
    child.once("error", (error) => {
      clearTimeout(timer);
      resolve({
        ok: false,
        stdout,
        why: "code" in error && error.code === "ENOENT" ? "not found" : error.message,
      });
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      const end = late ? `no end after ${timeoutMs / 1000} s` : (signal ?? `exit code ${code ?? "unknown"}`);
      resolve({ ok: code === 0, stdout, why: last === "" ? end : `${end}: ${last}` });
    });
  });
}

/** Index addresses of package managers may hold a user and a password. */
function withoutPasswords(text: string): string {
  return text.replace(/(\w+:\/\/)[^\s/@]+@/g, "$1****@");
}
