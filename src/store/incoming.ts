/** The part of the store's port for what comes in from outside: tokens, pings, posted alerts, and when a receiver was there. */

import type { Heartbeat, PingKind } from "../domain/heartbeat.js";
import type { CheckId } from "../domain/ids.js";
import type { InboxAlert } from "../domain/inbox.js";
import type { Token } from "../domain/token.js";

export type NewToken = Omit<Token, "createdAt" | "lastUsedAt" | "revokedAt"> & {
  /** SHA-256 of the secret, hexadecimal. */
  readonly hash: string;
};

export interface StoredToken extends Token {
  readonly hash: string;
}

/** A ping as it came; when is the store's to say. */
export interface NewPing {
  readonly check: CheckId;
  readonly kind: PingKind;
  readonly exitCode?: number;
  /** Cut by whoever took it. */
  readonly body?: string;
  /** The address it came from. */
  readonly source?: string;
}

export interface StoredPing extends NewPing {
  readonly at: number;
}

/** A post; how often and when is the store's to say. */
export type NewAlert = Omit<InboxAlert, "count" | "firstSeen" | "lastSeen" | "endsAt" | "overSince"> & {
  /** When it is over unless it is posted again; a day from now when nobody says. */
  readonly endsAt?: number;
};

export interface IncomingStore {
  /** Leaves an audit row. */
  createToken(token: NewToken): Promise<void>;
  /** All that are kept, newest first; those revoked and expired too. */
  tokens(): Promise<readonly StoredToken[]>;
  /** True when there is such a token and this revoked it; leaves an audit row then. */
  revokeToken(id: string, by: string): Promise<boolean>;
  /** Notes that these were used now. */
  touchTokens(ids: readonly string[]): Promise<void>;

  /** In their order, all or none; on disk when it resolves. */
  recordPings(pings: readonly NewPing[]): Promise<void>;
  /** Newest first. */
  pings(check: CheckId, limit: number): Promise<readonly StoredPing[]>;
  /** One for each check asked for, in that order. A check that is asked for the first time is looked at from now on. */
  heartbeats(checks: readonly CheckId[]): Promise<readonly Heartbeat[]>;
  /** Notes that this receiver is there now. What lies between two notes more than 15 s apart was no time of a receiver. */
  noteReceiver(receiver: string): Promise<void>;

  /** One row per check and fingerprint, all or none; on disk when it resolves. An alert that was over begins anew. */
  recordAlerts(alerts: readonly NewAlert[]): Promise<void>;
  /** True when there was such an open alert. */
  endAlert(check: CheckId, fingerprint: string): Promise<boolean>;
  /** The open ones, worst first, then newest; after them those that were open within the last hour. */
  inbox(check: CheckId, limit: number): Promise<readonly InboxAlert[]>;
}
