/** What is wrong with a configuration: first where in its data, then where in its text. */

import type { ErrorCode } from "../errors.js";

export type ConfigCode = Extract<ErrorCode, `CFG-${string}`>;
type ProblemSeverity = "error" | "warning";

/** Keys and indices from the top of the merged configuration: `["systems", "kohakku", "owner"]`. */
export type Path = readonly (string | number)[];

/** A mistake where it is in the data. */
export interface Finding {
  readonly code: ConfigCode;
  readonly severity?: "warning";
  readonly path: Path;
  /** What to point at: the key at the end of the path, or (default) its value. */
  readonly at?: "key" | "value";
  /** The part of a text value to point at: offsets, `end` exclusive. */
  readonly span?: { readonly start: number; readonly end: number };
  /** What is wrong, one line, never a secret. */
  readonly message: string;
  /** What would be right, one line. */
  readonly hint?: string;
  /** The value may be a secret: it is not shown. */
  readonly secret?: true;
}

/** The same where it is in the text. */
export interface Problem {
  readonly code: ConfigCode;
  readonly severity: ProblemSeverity;
  readonly message: string;
  readonly hint?: string;
  /** As the person who started us would name it. */
  readonly file: string;
  /** Absent when the file as a whole is meant. */
  readonly place?: Place;
}

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units as editors count. */
  readonly column: number;
  /** Exclusive, in the same line. */
  readonly endColumn: number;
  /** The source line, secrets in it masked. */
  readonly text: string;
}
