/** What went wrong in an HTTP exchange, in a person's words: requests that cannot be sent, answers that are not HTTP, all that can befall any exchange. */

import { exchangeFault, type Progress } from "./exchange-fault.js";
import type { NetworkFault } from "./network-fault.js";

/** How undici says, by name or by message, that the peer does not follow the protocol. */
const NOT_HTTP: readonly string[] = ["HTTPParserError", "bad upgrade", "bad response"];

/** Explains the error with which an HTTP exchange ended. */
export function httpFault(reported: Error, progress: Progress): NetworkFault {
  const { code: own } = reported as { readonly code?: unknown };
  if (own === "UND_ERR_INVALID_ARG") {
    return { code: own, message: `the request cannot be sent: ${reported.message}`, fault: "ours" };
  }
  const error: Error & { readonly code?: unknown } = progress.trace.error ?? reported;
  const code = typeof error.code === "string" ? error.code : error.name;
  const answering = progress.phase === "first_byte" || progress.phase === "body";
  if (answering && (NOT_HTTP.includes(error.name) || NOT_HTTP.includes(error.message))) {
    return { code, message: "answered something that is not HTTP/1.1", fault: "target" };
  }
  if (answering && code === "UND_ERR_HEADERS_OVERFLOW") {
    return { code, message: "sent larger headers than any client accepts", fault: "target" };
  }
  return exchangeFault(reported, progress);
}
