/**
 * The tokens that hold, in memory: asking costs no query, and a store that is away locks nobody out. A token that was revoked is
 * refused within five seconds; one that was just made is known at once.
 */

import { allows, isActive } from "../domain/token.js";
import type { Clock } from "../lib/clock.js";
import { errorText } from "../lib/error-code.js";
import { looksLikeTokenSecret, sameHash, tokenHash } from "../lib/token-secret.js";
import type { StoredToken } from "../store/incoming.js";
import type { Store } from "../store/store.js";

export interface Keyring {
  /** The token of this secret, if it holds; asking notes that it was used. Rejects with STO-… while that cannot be known. */
  find(secret: string): Promise<StoredToken | undefined>;
  /** Whether there is a token that may read: then nobody reads without one. Rejects with STO-… while that cannot be known. */
  guardsReading(): Promise<boolean>;
  /** How many hold. Rejects with STO-… */
  count(): Promise<number>;
  /** Keeps it fresh until `stop`, which writes down what was used. */
  start(): void;
  stop(): Promise<void>;
}

export interface KeyringOptions {
  readonly store: Pick<Store, "tokens" | "touchTokens">;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

const REFRESH_MS = 5_000;
/** A storm of unknown tokens makes one query in this time. */
const LEAST_REFRESH_MS = 1_000;
const TOUCH_MS = 60_000;

export function createKeyring({ store, clock, log }: KeyringOptions): Keyring {
  let byHash: ReadonlyMap<string, StoredToken> | undefined;
  let refreshing: Promise<void> | undefined;
  let triedAt = -Infinity;
  let failure: Error | undefined;
  const used = new Set<string>();
  const timers: NodeJS.Timeout[] = [];

  const load = async (): Promise<void> => {
    triedAt = clock.monotonic();
    try {
      byHash = new Map((await store.tokens()).map((token) => [token.hash, token]));
      failure = undefined;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(errorText(error));
    } finally {
      refreshing = undefined;
    }
  };
  const refresh = (): Promise<void> => (refreshing ??= load());
  const refreshUnlessJustDone = async (): Promise<void> => {
    if (refreshing !== undefined || clock.monotonic() - triedAt >= LEAST_REFRESH_MS) await refresh();
  };
  const known = async (): Promise<ReadonlyMap<string, StoredToken>> => {
    if (byHash === undefined) await refreshUnlessJustDone();
    if (byHash === undefined) throw failure ?? new Error("the tokens have not been read");
    return byHash;
  };
  const active = async (): Promise<readonly StoredToken[]> =>
    [...(await known()).values()].filter((token) => isActive(token, clock.now()));
  const touch = async (): Promise<void> => {
    const ids = [...used];
    used.clear();
    try {
      await store.touchTokens(ids);
    } catch (error) {
      log(`when tokens were used last could not be written down: ${errorText(error)}`);
    }
  };

  return {
    find: async (secret) => {
      if (!looksLikeTokenSecret(secret)) return undefined;
      const hash = tokenHash(secret);
      let token = (await known()).get(hash);
      if (token === undefined) {
        await refreshUnlessJustDone();
        if (failure !== undefined) throw failure;
        token = byHash?.get(hash);
      }
      if (token === undefined || !sameHash(token.hash, hash) || !isActive(token, clock.now()))
        return undefined;
      used.add(token.id);
      return token;
    },
    guardsReading: async () => (await active()).some((token) => allows(token, "read")),
    count: async () => (await active()).length,
    start: () => {
      const every = (ms: number, work: () => Promise<void>): void => {
        timers.push(setInterval(() => void work(), ms).unref());
      };
      every(REFRESH_MS, refresh);
      every(TOUCH_MS, touch);
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await touch();
    },
  };
}
