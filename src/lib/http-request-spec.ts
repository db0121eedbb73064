/** The keys with which configuration describes an HTTP request, and the request they make once their secrets are known. */

import { z } from "zod";

import type { Clock } from "./clock.js";
import type { EgressGuard } from "./egress.js";
import { MissingSecret, type Credentials } from "./http-credentials.js";
import type { HttpRequest } from "./http-message.js";
import { isSecretName } from "./redact.js";
import { SECRET_PATTERN, secretValue, sizeValue } from "./spec-values.js";
import { tlsKeys } from "./tls-spec.js";

function isAddress(text: string): boolean {
  return SECRET_PATTERN.test(text) || (/^https?:\/\//i.test(text) && URL.canParse(text));
}

/** Keys of an HTTP request, for the schema of any check type that sends one. */
export const requestKeys = {
  url: z
    .string()
    .refine(isAddress, "expected an http:// or https:// URL, or env:NAME or file:PATH with one")
    .describe("Address to ask; user:password in it is sent as basic auth and never shown"),
  method: z
    .enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    .default("GET")
    .describe("How it is asked"),
  headers: z
    .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "expected a header name"), z.string())
    .transform((headers) =>
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    )
    .default({})
    .describe("Headers; a value may be env:NAME or file:PATH"),
  body: z
    .union([z.string(), z.record(z.string(), z.json()), z.array(z.json())])
    .optional()
    .describe("Body: text, env:NAME or file:PATH as it stands; a map or list is sent as JSON"),
  auth: z
    .union([
      z.strictObject({ bearer: secretValue().describe("A token, by reference") }),
      z.strictObject({
        basic: z
          .strictObject({
            username: z.string().describe("Who, or a reference"),
            password: secretValue().describe("The password, by reference"),
          })
          .describe("User and password"),
      }),
    ])
    .optional()
    .describe("`bearer` or `basic`"),
  redirects: z
    .int()
    .min(0)
    .max(20)
    .default(0)
    .describe("How many redirects are followed; each hop is put before the egress rules"),
  keep_alive: z.boolean().default(false).describe("Reuse the connection of the probe before"),
  tls: tlsKeys.optional().describe("Whom to trust and how to prove oneself over https"),
  max_body: sizeValue({ min: 1, max: 16 * 1024 * 1024 })
    .default(64 * 1024)
    .describe("Size at which reading the body stops"),
};

export type HttpRequestSpec = z.output<z.ZodObject<typeof requestKeys>>;

/** What a request takes from the probe it belongs to. */
export interface Surroundings {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly egress: EgressGuard;
}

export interface PreparedRequest {
  readonly request: HttpRequest;
  readonly credentialed: boolean;
  /** Names of headers whose values are secrets. */
  readonly secretHeaders: readonly string[];
}

/** The address, its secrets remembered. */
async function addressOf(spec: HttpRequestSpec, credentials: Credentials): Promise<URL> {
  const text = (await credentials.value(spec.url)).trim();
  if (!isAddress(text)) throw new MissingSecret(`${spec.url} holds no http:// or https:// URL`);
  const url = new URL(text);
  for (const [name, value] of url.searchParams) {
    if (isSecretName(name) || text !== spec.url) credentials.revealed.add(value);
  }
  return url;
}

async function headersOf(
  spec: HttpRequestSpec,
  url: URL,
  credentials: Credentials,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = { "user-agent": "Tocsin", accept: "*/*" };
  if (typeof spec.body === "object") headers["content-type"] = "application/json";
  if (url.username !== "") headers.authorization = credentials.userInfo(url);
  for (const [name, text] of Object.entries(spec.headers)) {
    const value = await credentials.value(text);
    if (isSecretName(name)) credentials.revealed.add(value);
    headers[name.toLowerCase()] = value.trim();
  }
  if (spec.auth !== undefined) headers.authorization = await credentials.authorization(spec.auth);
  return headers;
}

async function bodyOf({ body }: HttpRequestSpec, credentials: Credentials): Promise<string | undefined> {
  if (body === undefined) return undefined;
  return typeof body === "string" ? credentials.value(body) : JSON.stringify(body);
}

/** Resolves every reference and builds the request. Rejects with `MissingSecret` and with nothing else. */
export async function prepareRequest(
  spec: HttpRequestSpec,
  surroundings: Surroundings,
  credentials: Credentials,
): Promise<PreparedRequest> {
  const url = await addressOf(spec, credentials);
  const headers = await headersOf(spec, url, credentials);
  const body = await bodyOf(spec, credentials);
  const secretHeaders = Object.keys(headers).filter(
    (name) => isSecretName(name) || SECRET_PATTERN.test(spec.headers[name] ?? ""),
  );
  const inQuery = [...url.searchParams.keys()].some(isSecretName);
  return {
    request: {
      url,
      method: spec.method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: surroundings.signal,
      timeoutMs: surroundings.timeoutMs,
      egress: surroundings.egress,
      ...(spec.tls === undefined ? {} : { tls: await credentials.tls(spec.tls) }),
      maxBodyBytes: spec.max_body,
      keepAlive: spec.keep_alive,
      now: () => surroundings.clock.now(),
    },
    credentialed: secretHeaders.length > 0 || inQuery || spec.tls?.cert !== undefined,
    secretHeaders,
  };
}
