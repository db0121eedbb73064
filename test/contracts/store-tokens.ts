/** Stories about tokens: who may come in, and what is left behind when that changes. */

import { describe, expect, it } from "@jest/globals";
import type { NewToken } from "../../src/store/incoming.js";
import { CHECK, DAY, NOON, RETENTION, type Stage } from "./store-stage.js";

function token(id: string, differing: Partial<NewToken> = {}): NewToken {
  return {
    id,
    hash: id.repeat(64).slice(0, 64),
    name: "ci",
    scopes: ["read"],
    createdBy: "ada",
    ...differing,
  };
}

export function tokenStories(stage: () => Stage): void {
  describe("a token", () => {
    it("is there as it was made, newest first", async () => {
      const { store } = stage();
      await store.createToken(token("a", { name: "ci\0", expiresAt: NOON }));
      await store.createToken(token("b", { scopes: ["ping"], pingCheck: CHECK }));
      expect(await store.tokens()).toEqual([
        { ...token("b", { scopes: ["ping"], pingCheck: CHECK }), createdAt: expect.any(Number) as unknown },
        { ...token("a", { name: "ci\uFFFD", expiresAt: NOON }), createdAt: expect.any(Number) as unknown },
      ]);
    });

    it("is made once: neither its id nor its secret can be another's", async () => {
      const { store } = stage();
      await store.createToken(token("a"));
      await expect(store.createToken(token("a", { hash: "f".repeat(64) }))).rejects.toMatchObject({
        code: "STO-008",
      });
      await expect(store.createToken(token("c", { hash: token("a").hash }))).rejects.toMatchObject({
        code: "STO-008",
      });
      expect(await store.tokens()).toHaveLength(1);
    });

    it("is revoked once, and shows when", async () => {
      const { store } = stage();
      await store.createToken(token("a"));
      expect(await store.revokeToken("a", "bob")).toBe(true);
      expect(await store.revokeToken("a", "bob")).toBe(false);
      expect(await store.revokeToken("nope", "bob")).toBe(false);
      expect((await store.tokens())[0]?.revokedAt).toBeGreaterThan(NOON);
    });

    it("shows when it was used last", async () => {
      const { store } = stage();
      await store.createToken(token("a"));
      await store.createToken(token("b"));
      await store.touchTokens(["a"]);
      const used = (await store.tokens()).map(({ id, lastUsedAt }) => [id, typeof lastUsedAt]);
      expect(used).toEqual([
        ["b", "undefined"],
        ["a", "number"],
      ]);
    });

    it("leaves a row of who made and who revoked it, and no secret", async () => {
      const { store } = stage();
      await store.createToken(token("a", { scopes: ["ping"], pingCheck: CHECK }));
      await store.revokeToken("a", "bob");
      await store.revokeToken("a", "eve");
      const rows = await stage().sql("select by_whom, what, target, facts from tocsin.audit order by id");
      expect(rows).toEqual([
        {
          by_whom: "ada",
          what: "token created",
          target: "a",
          facts: { name: "ci", scopes: ["ping"], check: CHECK },
        },
        { by_whom: "bob", what: "token revoked", target: "a", facts: { name: "ci" } },
      ]);
    });

    it("is forgotten a year after it ended, with its rows of audit; one that holds is not", async () => {
      const { store } = stage();
      await store.createToken(token("a"));
      await store.createToken(token("b"));
      await store.revokeToken("a", "bob");
      await store.housekeep(Date.now() + 390 * DAY, RETENTION);
      expect(await store.tokens()).toHaveLength(2);
      await store.housekeep(Date.now() + 401 * DAY, RETENTION);
      expect((await store.tokens()).map(({ id }) => id)).toEqual(["b"]);
      expect(await stage().sql("select from tocsin.audit")).toEqual([]);
    });
  });
}
