import { describe, expect, test } from "@jest/globals";

import { createKeyring } from "../../src/api/keyring.js";
import { TocsinError } from "../../src/errors.js";
import { newTokenSecret, tokenHash } from "../../src/lib/token-secret.js";
import type { StoredToken } from "../../src/store/incoming.js";

interface World {
  now: number;
  tokens: readonly StoredToken[];
  away: boolean;
  queries: number;
  readonly touched: string[];
}

function world() {
  const state: World = { now: 1_000_000, tokens: [], away: false, queries: 0, touched: [] };
  const keyring = createKeyring({
    store: {
      tokens: () => {
        state.queries += 1;
        return state.away
          ? Promise.reject(new TocsinError("STO-001", "away"))
          : Promise.resolve(state.tokens);
      },
      touchTokens: (ids) => {
        state.touched.push(...ids);
        return Promise.resolve();
      },
    },
    clock: { now: () => state.now, monotonic: () => state.now },
    log: () => undefined,
  });
  const make = (differing: Partial<StoredToken> = {}): string => {
    const secret = newTokenSecret();
    const token = {
      id: "a",
      name: "a",
      scopes: ["read" as const],
      createdAt: 0,
      createdBy: "ada",
      hash: tokenHash(secret),
    };
    state.tokens = [...state.tokens, { ...token, ...differing }];
    return secret;
  };
  return { state, keyring, make };
}

describe("the keyring", () => {
  test("asks the store once for any number of known tokens", async () => {
    const { state, keyring, make } = world();
    const secret = make();
    for (let n = 0; n < 100; n += 1) expect(await keyring.find(secret)).toMatchObject({ id: "a" });
    expect(state.queries).toBe(1);
  });

  test("asks at most once a second for any number of unknown ones", async () => {
    const { state, keyring } = world();
    for (let n = 0; n < 1_000; n += 1) {
      state.now += 10;
      await keyring.find(newTokenSecret());
    }
    expect(state.queries).toBeLessThanOrEqual(11);
    await Promise.all(Array.from({ length: 100 }, () => keyring.find(newTokenSecret())));
    expect(state.queries).toBeLessThanOrEqual(12);
  });

  test("asks nothing for what can be no token", async () => {
    const { state, keyring } = world();
    expect(await keyring.find("../../etc/passwd")).toBeUndefined();
    expect(state.queries).toBe(0);
  });

  test("knows a token that was just made", async () => {
    const { state, keyring, make } = world();
    expect(await keyring.count()).toBe(0);
    const secret = make();
    state.now += 1_000;
    expect(await keyring.find(secret)).toMatchObject({ id: "a" });
  });

  test("knows who may come in while the store is away, and says that it cannot know of others", async () => {
    const { state, keyring, make } = world();
    const secret = make();
    await keyring.find(secret);
    state.away = true;
    state.now += 60_000;
    expect(await keyring.find(secret)).toMatchObject({ id: "a" });
    await expect(keyring.find(newTokenSecret())).rejects.toMatchObject({ code: "STO-001" });
    await expect(world().keyring.find("tocsin_x")).resolves.toBeUndefined();
  });

  test("opens nothing before it could read a single time", async () => {
    const { state, keyring } = world();
    state.away = true;
    await expect(keyring.guardsReading()).rejects.toMatchObject({ code: "STO-001" });
  });

  test("refuses a token from its end on", async () => {
    const { state, keyring, make } = world();
    const secret = make({ expiresAt: 2_000_000 });
    state.now = 1_999_999;
    expect(await keyring.find(secret)).toMatchObject({ id: "a" });
    state.now = 2_000_000;
    expect(await keyring.find(secret)).toBeUndefined();
  });

  test("writes down what was used, once for all uses, when it stops", async () => {
    const { state, keyring, make } = world();
    const secret = make();
    await keyring.find(secret);
    await keyring.find(secret);
    await keyring.stop();
    expect(state.touched).toEqual(["a"]);
  });

  test("guards reading only when a token may read", async () => {
    const { state, keyring, make } = world();
    make({ scopes: ["ingest"], id: "b" });
    expect(await keyring.guardsReading()).toBe(false);
    state.tokens = [];
    const other = world();
    other.make({ scopes: ["admin"] });
    expect(await other.keyring.guardsReading()).toBe(true);
  });
});
