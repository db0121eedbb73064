/**
 * Errors with a stable code: what happened, where, what to do. Every code is listed here once, never reused, and explained in
 * docs/errors.md, which is generated from this list.
 */

/** Exit codes of the command line. */
export const EXIT = { ok: 0, findings: 1, usage: 2, unreachable: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

interface CatalogueEntry {
  /** What it means, one sentence. */
  readonly meaning: string;
  /** What to do about it, one or two sentences. */
  readonly remedy: string;
  readonly exit: ExitCode;
}

/** Areas: CFG configuration, CHK checks, NTF notifiers, STO store, TMP Temporal, RUN processes and files, CLI commands. */
export const CATALOGUE = {
  "RUN-001": {
    meaning: "An internal error: Tocsin met a state it does not know.",
    remedy: "Report it with the log around it; what runs goes on.",
    exit: EXIT.findings,
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof CATALOGUE;

/** An error a person can act on. `message` says what and where; the catalogue says what to do. */
export class TocsinError extends Error {
  override readonly name = "TocsinError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }

  get exit(): ExitCode {
    return CATALOGUE[this.code].exit;
  }

  get remedy(): string {
    return CATALOGUE[this.code].remedy;
  }
}
