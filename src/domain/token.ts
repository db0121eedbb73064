/** Tokens: what the holder of one may do at the listener. */

import type { CheckId } from "./ids.js";

/** `admin` may do everything but ping: a ping is always of one check. */
export const SCOPES = ["read", "ack", "silence", "ingest", "ping", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

export interface Token {
  /** Short, and no secret: what lists show and `revoke` takes. */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The check that its pings are of; with the scope `ping` only. */
  readonly pingCheck?: CheckId;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly createdBy: string;
  readonly lastUsedAt?: number;
  readonly expiresAt?: number;
  readonly revokedAt?: number;
}

/** Neither revoked nor past its end. */
export function isActive({ revokedAt, expiresAt }: Token, now: number): boolean {
  return revokedAt === undefined && (expiresAt === undefined || now < expiresAt);
}

export function allows({ scopes }: Pick<Token, "scopes">, scope: Scope): boolean {
  return scopes.includes(scope) || (scope !== "ping" && scopes.includes("admin"));
}
