import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { configureAgain, configureFirst, prepareStore } from "../../../src/cli/up/configure.js";
import type { Applied, Configuring } from "../../../src/cli/up/configuring.js";
import type { Whereabouts } from "../../../src/cli/up/installation-facts.js";
import { UpLog } from "../../../src/cli/up/up-log.js";
import { TocsinError } from "../../../src/errors.js";

const where = {} as Whereabouts;
const before: Applied = { revision: "before", checks: 3, appliedAt: Date.UTC(2026, 0, 2) };
const fresh: Applied = { revision: "fresh", checks: 4, appliedAt: Date.UTC(2026, 0, 3) };
const broken = new TocsinError("CFG-009", "my.yaml:3:1: error: unknown key `sistems`");
const away = new TocsinError("TMP-001", "nothing answers at 127.0.0.1:7233");

let folder: string;
let said: string;
let log: UpLog;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-configure-"));
  said = "";
  const colors = { out: false, err: false };
  const io = { out: () => undefined, err: (text: string) => void (said += text), now: () => 0, colors };
  log = new UpLog({ ...io, env: {}, cwd: folder, width: 80, watched: false, user: "ada" }, folder);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const configuring = (apply: Applied | Error, resume?: Applied): Configuring => ({
  prepare: () => Promise.resolve(),
  apply: () => (apply instanceof Error ? Promise.reject(apply) : Promise.resolve(apply)),
  resume: () => Promise.resolve(resume),
});

describe("at the start", () => {
  test("a sound file is what runs", async () => {
    expect(await configureFirst(configuring(fresh, before), "my.yaml", where, log)).toBe(fresh);
    expect(said).toBe("");
  });

  test("a broken file does not keep the revision before it from running, and says so", async () => {
    expect(await configureFirst(configuring(broken, before), "my.yaml", where, log)).toBe(before);
    expect(said).toMatchInlineSnapshot(`
     "00:00:00 up       my.yaml is broken and was NOT applied. Running revision before of 2026-01-02 00:00:00 UTC instead.
     00:00:00 up       my.yaml:3:1: error: unknown key \`sistems\`
     "
    `);
  });

  test("a broken file with nothing before it refuses to start", async () => {
    await expect(configureFirst(configuring(broken), "my.yaml", where, log)).rejects.toBe(broken);
  });

  test("a sound file that nobody could be told of is no reason to run another", async () => {
    await expect(configureFirst(configuring(away, before), "my.yaml", where, log)).rejects.toBe(away);
  });
});

describe("the store", () => {
  const gone = new TocsinError("STO-001", "store db.example: connect ECONNREFUSED");
  const refused = new TocsinError("STO-006", "store db.example: password authentication failed");
  const answers = (...each: readonly (Error | undefined)[]) => {
    const left = [...each];
    let isReady = (): void => undefined;
    const ready = new Promise<void>((resolve) => (isReady = resolve));
    const prepare = (): Promise<void> => {
      const answer = left.shift();
      if (answer !== undefined) return Promise.reject(answer);
      isReady();
      return Promise.resolve();
    };
    return { prepare, ready };
  };
  const go = new AbortController().signal;

  test("that is away keeps nothing from starting, and is made ready when it is back", async () => {
    const store = answers(gone, gone, refused, undefined);
    await prepareStore(store, where, log, go, 1);
    expect(said).toContain("Starting WITHOUT the store");
    await store.ready;
    expect(said).toContain("cannot be made ready: store db.example: password authentication failed");
  });

  test("that is there and refuses is a reason not to start", async () => {
    await expect(prepareStore(answers(refused), where, log, go, 1)).rejects.toBe(refused);
  });
});

describe("while it runs", () => {
  test("a sound file is applied", async () => {
    await configureAgain(configuring(fresh), "my.yaml", where, log);
    expect(said).toContain("my.yaml is applied: revision fresh, 4 checks");
  });

  test.each([broken, away])("%s changes nothing and is told", async (error) => {
    await configureAgain(configuring(error, before), "my.yaml", where, log);
    expect(said).toContain("was NOT applied, what runs goes on");
    expect(said).toContain(error.message);
  });
});
