import { describe, expect, it } from "@jest/globals";

import type { AlertId } from "../../src/domain/ids.js";
import { alertOfKey, memberKey, ruleKey, worstFirst } from "../../src/domain/members.js";
import { member, T0 } from "../support/incident-story.js";

describe("members", () => {
  it("are named by alert and episode", () => {
    const key = memberKey(member("ready/down/a", { episode: 7 }));
    expect(key).toBe("kohakku/controller/ready/down/a#7");
    expect(alertOfKey(key)).toBe("kohakku/controller/ready/down/a");
  });

  it("of one rule share it, whatever their subject", () => {
    expect(ruleKey("koda/api/ready/down/host%2F1" as AlertId)).toBe("ready/down");
    expect(ruleKey("koda/api/ready/down" as AlertId)).toBe("ready/down");
  });

  it("are read worst first, then the longest in trouble, then by name", () => {
    const list = [
      member("z/warning", { severity: "warning", since: T0 - 9_000 }),
      member("b/critical", { since: T0 }),
      member("a/critical", { since: T0 }),
      member("z/critical", { since: T0 - 1_000 }),
    ];
    expect([...list].sort(worstFirst).map(({ alert }) => alert.split("/").slice(2).join("/"))).toEqual([
      "z/critical",
      "a/critical",
      "b/critical",
      "z/warning",
    ]);
  });
});
