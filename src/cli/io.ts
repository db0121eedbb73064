/** What a command sees of the world it was called from; tests hand in their own. */

import { userInfo } from "node:os";

export interface Io {
  /** Data. */
  readonly out: (text: string) => void;
  /** Notes, errors, progress. */
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Columns that tables may take. */
  readonly width: number;
  readonly colors: { readonly out: boolean; readonly err: boolean };
  /** A person watches the notes: progress may overwrite its own line. */
  readonly watched: boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Who is said to have given a command unless --by says otherwise. */
  readonly user: string;
}

/** What a table takes when nobody says how wide the window is. */
const DEFAULT_WIDTH = 80;
/** Narrower than this, columns would be cut to nothing. */
const LEAST_WIDTH = 60;

/** The process's own; `argv` is looked at for --no-color, which counts before anything is parsed. */
export function processIo(argv: readonly string[]): Io {
  const { stdout, stderr, env } = process;
  const refused = argv.includes("--no-color");
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    env,
    cwd: process.cwd(),
    width: Math.max(LEAST_WIDTH, stdout.isTTY ? stdout.columns : DEFAULT_WIDTH),
    colors: {
      out: !refused && wantsColors(stdout.isTTY, env),
      err: !refused && wantsColors(stderr.isTTY, env),
    },
    watched: stderr.isTTY,
    now: () => Date.now(),
    user: userName(env),
  };
}

/** Colours only for a person at a terminal who has not asked for none (no-color.org). */
function wantsColors(isTerminal: boolean | undefined, env: Io["env"]): boolean {
  const refused = (env.NO_COLOR ?? "") !== "" || env.TERM === "dumb";
  return isTerminal === true && !refused;
}

function userName(env: Io["env"]): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return env.USER ?? env.LOGNAME ?? "somebody";
  }
}
