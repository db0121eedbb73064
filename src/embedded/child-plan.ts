/** How a child process is run, and what is heard of it. */

import type { TocsinError } from "../errors.js";

/** It lives, and waiting is of no use. */
export interface NeverServes {
  /** As the child itself would put it: goes among its last words. */
  readonly never: string;
}

export interface ChildPlan {
  /** As a person calls it: `temporal`, `worker`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Whom it runs as; absent means as this process. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Awaited before every start; a rejection counts as a start that failed. */
  readonly prepare?: () => Promise<void>;
  /**
   * Asked again and again until it answers true; absent means that a child serves as soon as it runs. One that will `never` serve
   * as it stands is ended, which counts as a start that failed. Must not reject.
   */
  readonly serves?: (signal: AbortSignal) => Promise<boolean | NeverServes>;
  /** Keeps a pipe on the child's standard input that closes with this process, for children that end when it does. */
  readonly holdsInput: boolean;
  /** Turns the last words of a child that never came to serve into an error that says more than they do. */
  readonly explain?: (lastWords: string) => TocsinError;
  /** What asks it to end; SIGTERM unless it wants another. */
  readonly stopSignal?: NodeJS.Signals;
  /** How long it may take to end by itself after that. */
  readonly graceMs: number;
}

export type ChildEvent =
  | { readonly kind: "started"; readonly pid: number }
  | { readonly kind: "ready"; readonly pid: number; readonly afterMs: number }
  | { readonly kind: "line"; readonly stream: "stdout" | "stderr"; readonly line: string }
  | { readonly kind: "ended"; readonly why: string; readonly restartInMs: number }
  | { readonly kind: "stopped" };
