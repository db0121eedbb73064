/** Turns whatever a request ran into, down to bytes that are no HTTP, into a problem with a code. */

import type { Socket } from "node:net";

import type { FastifyError, FastifyInstance } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";

import { TocsinError } from "../errors.js";
import { errorCode, errorText } from "../lib/error-code.js";
import { PROBLEM_TYPE, problemOf, sendProblem, statusOf } from "./problem.js";

export function handleErrors(api: FastifyInstance, log: (line: string) => void): void {
  api.setErrorHandler((error: FastifyError, request, reply) => {
    const coded = codedError(error);
    if (statusOf(coded.code) === 500) log(`${request.method} ${routeOf(request)}: ${coded.message}`);
    return sendProblem(reply, coded);
  });
  api.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, new TocsinError("API-003", "nothing is here under this method")),
  );
}

/** The pattern, never the address: that may hold a secret. */
function routeOf({ routeOptions }: { readonly routeOptions: { readonly url?: string | undefined } }): string {
  return routeOptions.url ?? "?";
}

function codedError(error: FastifyError): TocsinError {
  if (error instanceof TocsinError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const places = error.validation.map(({ instancePath, message }) => {
      const where = instancePath.replace(/^\//, "").replaceAll("/", ".");
      return where === "" ? (message ?? "") : `${where}: ${message ?? ""}`;
    });
    return new TocsinError("API-004", `${error.validationContext ?? "request"}: ${places.join("; ")}`);
  }
  const { statusCode = 500 } = error;
  if (statusCode === 413) return new TocsinError("API-005", "the body is larger than this address takes");
  if (statusCode === 415) return new TocsinError("API-009", "this address takes application/json");
  return statusCode < 500
    ? new TocsinError("API-004", error.message)
    : new TocsinError("RUN-001", errorText(error), { cause: error });
}

const NO_HTTP = {
  ERR_HTTP_REQUEST_TIMEOUT: ["API-010", "Request Timeout"],
  HPE_HEADER_OVERFLOW: ["API-011", "Request Header Fields Too Large"],
} as const;

/** For what never became a request. Closes the connection. */
export function refuseBytes(error: Error, socket: Socket): void {
  if (errorCode(error) === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const known = NO_HTTP[(errorCode(error) ?? "") as keyof typeof NO_HTTP] as
    (typeof NO_HTTP)[keyof typeof NO_HTTP] | undefined;
  const [code, words] = known ?? (["API-004", "Bad Request"] as const);
  const body = JSON.stringify(problemOf(new TocsinError(code, words.toLowerCase())));
  socket.end(
    `HTTP/1.1 ${statusOf(code)} ${words}\r\nConnection: close\r\nContent-Type: ${PROBLEM_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
