import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import type { RevisionId } from "../../src/domain/ids.js";
import { createPlanSource, type PlanSource } from "../../src/store/plan-source.js";
import type { StoredRevision } from "../../src/store/store.js";
import { plan } from "../support/plans.js";

const AWAY = new Error("the store is away");

let dir: string;
let lines: string[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tocsin-plans-"));
  lines = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function revision(id: string, appliedAt: number): StoredRevision {
  return { plan: { ...plan(), revision: id as RevisionId }, appliedAt, appliedBy: "ada" };
}

/** A store that remembers what it is given, and can go away. */
function storeOf(...kept: readonly StoredRevision[]) {
  const revisions = [...kept];
  let isAway = false;
  const answer = <T>(value: () => T): Promise<T> =>
    isAway ? Promise.reject(AWAY) : Promise.resolve(value());
  return {
    revisions,
    goAway: (away: boolean) => (isAway = away),
    revision: (id: RevisionId) => answer(() => revisions.find((each) => each.plan.revision === id)),
    currentRevision: () => answer(() => [...revisions].sort((a, b) => b.appliedAt - a.appliedAt).at(0)),
    saveRevision: (saved: StoredRevision) => answer(() => void revisions.push(saved)),
  };
}

function source(store: ReturnType<typeof storeOf>): PlanSource {
  return createPlanSource({ store, dir, log: (line) => lines.push(line) });
}

describe("plans by revision", () => {
  it("that were used once are found while the store is away, by another process too", async () => {
    const store = storeOf(revision("aa", 1));
    expect((await source(store).plan("aa" as RevisionId)).revision).toBe("aa");
    store.goAway(true);
    expect((await source(store).plan("aa" as RevisionId)).revision).toBe("aa");
  });

  it("that nobody has are an error with a code", async () => {
    await expect(source(storeOf()).plan("aa" as RevisionId)).rejects.toMatchObject({ code: "STO-090" });
  });

  it("are read from the store when the copy on disk is rubbish, and the rubbish is told", async () => {
    const store = storeOf(revision("aa", 1));
    await source(store).plan("aa" as RevisionId);
    await writeFile(join(dir, "revisions", "aa.json"), "{");
    expect((await source(store).plan("aa" as RevisionId)).revision).toBe("aa");
    expect(lines).toEqual([expect.stringContaining("the copy of revision aa on disk cannot be read")]);
  });

  it("may be kept many times at once, and leave no drafts behind", async () => {
    const plans = source(storeOf());
    await Promise.all(Array.from({ length: 20 }, () => plans.keep(revision("aa", 1))));
    expect(lines).toEqual([]);
    expect((await readdir(join(dir, "revisions"))).sort()).toEqual(["aa.json", "current.json"]);
  });
});

describe("the current revision", () => {
  it("is none before anything was applied", async () => {
    expect(await source(storeOf()).current()).toBeUndefined();
  });

  it("is the one applied last, wherever that was", async () => {
    const store = storeOf();
    await source(store).keep(revision("aa", 1));
    store.revisions.push(revision("bb", 2));
    expect((await source(store).current())?.plan.revision).toBe("bb");
  });

  it("is the copy on disk while the store is away", async () => {
    const store = storeOf();
    await source(store).keep(revision("aa", 1));
    store.goAway(true);
    expect((await source(store).current())?.plan.revision).toBe("aa");
  });

  it("that was applied while the store was away is still the current one when it is back, and the store has it then", async () => {
    const store = storeOf(revision("aa", 1));
    store.goAway(true);
    expect(await source(store).keep(revision("bb", 2))).toEqual({ stored: false });
    store.goAway(false);
    expect((await source(store).current())?.plan.revision).toBe("bb");
    expect((await store.currentRevision())?.plan.revision).toBe("bb");
  });
});
