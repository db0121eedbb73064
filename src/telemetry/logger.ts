/** The log of every process: JSON lines on stderr for machines, short lines for people; known secrets never appear in it. */

import { pino } from "pino";
import type { Logger } from "pino";

export type { Logger };

const LEVELS = { 10: "trace", 20: "debug", 30: "info", 40: "warn", 50: "error", 60: "fatal" } as const;

/** `pretty` writes `12:03:04 warn  worker  text key=value`; else JSON lines. */
export function createLogger(
  role: string,
  options: { readonly pretty: boolean; readonly level?: string },
): Logger {
  const level = options.level ?? process.env.TOCSIN_LOG_LEVEL ?? "info";
  const stream = options.pretty
    ? { write: (line: string) => process.stderr.write(prettyLine(line)) }
    : process.stderr;
  return pino(
    {
      level,
      base: { role },
      redact: { paths: ["*.secret", "*.password", "*.authorization"], censor: "****" },
    },
    stream,
  );
}

function prettyLine(line: string): string {
  const { level, time, role, msg, pid, hostname, ...rest } = JSON.parse(line) as Readonly<
    Record<string, unknown>
  >;
  const at = new Date(Number(time)).toISOString().slice(11, 19);
  const name = LEVELS[level as keyof typeof LEVELS];
  const extra = Object.entries(rest)
    .map(([key, value]) => ` ${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("");
  return `${at} ${name.padEnd(5)} ${String(role).padEnd(8)} ${typeof msg === "string" ? msg : ""}${extra}\n`;
}
