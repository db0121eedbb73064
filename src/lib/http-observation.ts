/** An HTTP answer made ready to be judged: body as text and JSON, headers. It may repeat the secrets of the request. */

import type { ObservedAnswer } from "./http-expectations.js";
import type { HttpAnswer } from "./http-message.js";
import type { Json } from "./json-path.js";

/** Answers hand out sessions here; nothing that looks at headers needs the values. */
const SECRET_HEADERS: readonly string[] = [
  "set-cookie",
  "authorization",
  "proxy-authorization",
  "www-authenticate",
];
const STARS = "****";

function jsonOf(text: string): Json | undefined {
  if (!/^\s*[[{"\dtfn-]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function headersOf(answer: HttpAnswer): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [
      name,
      SECRET_HEADERS.includes(name) ? STARS : value,
    ]),
  );
}

/** `json` is absent for a body that is not JSON and for one that was cut. */
export function observe(answer: HttpAnswer): ObservedAnswer {
  const text = answer.body.toString("utf8");
  const json = answer.truncated ? undefined : jsonOf(text);
  return {
    status: answer.status,
    headers: headersOf(answer),
    text,
    ...(json === undefined ? {} : { json }),
    truncated: answer.truncated,
    latencyMs: answer.phases.total,
  };
}
