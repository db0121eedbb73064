/** Turns what the driver and the server throw into the store's coded errors, and tells a store that is away from one that refuses. */

import { type ErrorCode, TocsinError } from "../errors.js";
import { errorCode, errorText } from "../lib/error-code.js";

const NO_CONNECTION = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOENT",
  "ENOTCONN",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
]);
/** Connection exceptions, shutting down, starting up, too many connections, statement taking too long. */
const AWAY_STATE = /^(08...|57P0[1-4]|53300|57014|55P03|25P03)$/;
const AWAY_TEXT =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|after calling end on the pool|Client was closed/;
const BROKEN_STATE = /^(08...|57P0[1-4]|25P03)$/;

function isConnectionTrouble(error: unknown, states: RegExp): boolean {
  const code = errorCode(error);
  if (code !== undefined) return NO_CONNECTION.has(code) || states.test(code);
  return AWAY_TEXT.test(errorText(error));
}

/** True when the connection that threw this must not be used again. */
export function breaksConnection(error: unknown): boolean {
  return isConnectionTrouble(error, BROKEN_STATE);
}

const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  "28P01": "STO-006",
  "28000": "STO-006",
  "3D000": "STO-006",
  "42501": "STO-006",
  "53100": "STO-007",
  "42P01": "STO-009",
  "3F000": "STO-009",
  "42703": "STO-009",
};

function codeOf(error: unknown): ErrorCode {
  if (isConnectionTrouble(error, AWAY_STATE)) return "STO-001";
  return REFUSALS[errorCode(error) ?? ""] ?? "STO-008";
}

/** The coded error for anything thrown below; `where` names the server and holds no secret. */
export function storeError(error: unknown, where: string): TocsinError {
  if (error instanceof TocsinError) return error;
  return new TocsinError(codeOf(error), `store ${where}: ${errorText(error)}`, { cause: error });
}

/** True when this error means that the store cannot be reached or cannot write now, rather than that it was asked something wrong. */
export function isStoreAway(error: unknown): boolean {
  return error instanceof TocsinError && ["STO-001", "STO-006", "STO-007"].includes(error.code);
}
