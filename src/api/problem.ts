/** What goes wrong, as RFC 9457 has it: `application/problem+json` with a code that never changes its meaning. */

import type { FastifyReply } from "fastify";

import type { ErrorCode, TocsinError } from "../errors.js";
import { CATALOGUE } from "../errors.js";

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  /** What to do about it. */
  readonly remedy: string;
}

export const PROBLEM_TYPE = "application/problem+json";

const STATUS: Partial<Record<ErrorCode, number>> = {
  "API-001": 401,
  "API-002": 403,
  "API-003": 404,
  "API-004": 400,
  "API-005": 413,
  "API-006": 429,
  "API-007": 503,
  "API-008": 403,
  "API-009": 415,
  "API-010": 408,
  "API-011": 431,
  "CLI-001": 400,
  "CLI-003": 404,
  "CLI-005": 404,
  "CLI-006": 404,
  "CLI-007": 503,
  "CLI-008": 503,
  "RUN-002": 404,
  "STO-001": 503,
  "STO-006": 503,
  "STO-007": 503,
  "STO-009": 503,
  "TMP-001": 503,
  "TMP-002": 503,
};

/** When somebody who was told 429 or 503 may come again, unless told otherwise. */
const RETRY_AFTER_S = 5;

export function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? 500;
}

/** What is our own fault is told to the log alone: its words may hold what is nobody else's business. */
export function problemOf(error: TocsinError): Problem {
  const status = statusOf(error.code);
  const { meaning, remedy } = CATALOGUE[error.code];
  return {
    type: `urn:tocsin:problem:${error.code}`,
    title: meaning,
    status,
    detail: status === 500 ? "see the listener's log" : error.message,
    code: error.code,
    remedy,
  };
}

export function sendProblem(
  reply: FastifyReply,
  error: TocsinError,
  retryAfterS = RETRY_AFTER_S,
): FastifyReply {
  const problem = problemOf(error);
  if (problem.status === 429 || problem.status === 503) reply.header("retry-after", String(retryAfterS));
  if (problem.status === 401) reply.header("www-authenticate", 'Bearer realm="tocsin"');
  return reply
    .code(problem.status)
    .type(PROBLEM_TYPE)
    .send(Buffer.from(JSON.stringify(problem)));
}
