/** Says of a failed file operation what a person can do about it: full, not writable, or not what it should be. */

import { TocsinError, type ErrorCode } from "../errors.js";
import { errorCode, errorText } from "../lib/error-code.js";

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: "RUN-014",
  EDQUOT: "RUN-014",
  EACCES: "RUN-013",
  EPERM: "RUN-013",
  EROFS: "RUN-013",
  ENOTDIR: "RUN-012",
  EEXIST: "RUN-012",
  EISDIR: "RUN-012",
};

const WORDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  "RUN-014": "no space left for",
  "RUN-013": "cannot write",
  "RUN-012": "not a usable file or folder:",
};

/** Wraps what went wrong with `path`; an unforeseen reason counts as "cannot write". */
export function fileTrouble(error: unknown, path: string): TocsinError {
  const code = CODES[errorCode(error) ?? ""] ?? "RUN-013";
  return new TocsinError(
    code,
    `${WORDS[code] ?? "cannot use"} ${path} (${errorCode(error) ?? errorText(error)})`,
    {
      cause: error,
    },
  );
}
