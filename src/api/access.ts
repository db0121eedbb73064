/** Who may do what: default deny. Every route says what it takes, and one that says nothing cannot be added. */

import type { FastifyInstance, FastifyRequest } from "fastify";

import type { Scope, Token } from "../domain/token.js";
import { allows } from "../domain/token.js";
import { TocsinError } from "../errors.js";
import { isLoopbackHost } from "../lib/loopback.js";
import type { Keyring } from "./keyring.js";

/** `open`: anybody. `own`: the route looks at the token in its address itself. Else a token with this scope. */
export type Access = "open" | "own" | Exclude<Scope, "ping">;

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Whose token it carries; undefined for reading on the loopback without one. */
    caller: Token | undefined;
  }
}

export interface AccessOptions {
  readonly keyring: Keyring;
  /** Only this machine can reach the listener. */
  readonly loopback: boolean;
  /** Counts a failed try; rejects with API-006 once there were too many from where it came. */
  readonly failed: (request: FastifyRequest) => Promise<void>;
}

export function guardAccess(api: FastifyInstance, options: AccessOptions): void {
  api.addHook("onRoute", ({ method, url, config }) => {
    if (config?.access === undefined) throw new Error(`${String(method)} ${url} does not say who may`);
  });
  api.decorateRequest("caller", undefined);
  api.addHook("onRequest", async (request) => {
    const access = request.routeOptions.config.access;
    if (access === undefined || access === "open" || access === "own") return;
    request.caller = await admit(request, access, options);
  });
}

/** Whether this request may read, for routes that are open to all and say more to some. */
export async function mayRead(request: FastifyRequest, options: AccessOptions): Promise<boolean> {
  try {
    await admit(request, "read", options);
    return true;
  } catch (error) {
    if (error instanceof TocsinError) return false;
    throw error;
  }
}

/** Rejects with API-001, API-002, API-006, or STO-… while nobody can know. */
async function admit(
  request: FastifyRequest,
  scope: Exclude<Scope, "ping">,
  { keyring, loopback, failed }: AccessOptions,
): Promise<Token | undefined> {
  const secret = bearerOf(request);
  if (secret === undefined) {
    if (scope === "read" && loopback && isHere(request) && !(await keyring.guardsReading())) return undefined;
    throw new TocsinError("API-001", `this needs a token with the scope '${scope}'`);
  }
  const token = await keyring.find(secret);
  if (token === undefined) {
    await failed(request);
    throw new TocsinError("API-001", "this token is not known, or does not hold any more");
  }
  if (allows(token, scope)) return token;
  throw new TocsinError("API-002", `token '${token.name}' lacks the scope '${scope}'`);
}

function bearerOf({ headers }: FastifyRequest): string | undefined {
  return headers.authorization === undefined
    ? undefined
    : (/^Bearer +(\S+)$/i.exec(headers.authorization)?.[1] ?? "");
}

/** A page of somewhere else that had its name point to this machine still calls it by that name. */
function isHere({ hostname }: FastifyRequest): boolean {
  return isLoopbackHost(hostname);
}
