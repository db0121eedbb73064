/** `scripts/up` as a user meets it: what it starts stays up, what it is told it does, what stands in its way it names. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";

import { identityOf } from "../../src/embedded/process-identity.js";
import { packageRoot } from "../../src/lib/package-root.js";
import { takeTurn, type Ready } from "../support/installation.js";
import { watching } from "../support/watched.js";

jest.setTimeout(180_000);

const CHILDREN = ["temporal", "postgres", "worker", "serve"] as const;

let folder: string;
let state: string;
let target: Server;
let hits = 0;
let running: Up[] = [];

/** One `scripts/up`, alone in choosing its ports. */
async function startUp(...args: readonly string[]): Promise<Up> {
  const endTurn = await takeTurn();
  const up = new Up(...args);
  const isSettled = (): boolean => up.stdout.includes("\n") || up.stderr.includes("Ctrl-C stops");
  // Whether it came up is for the test to say; the turn is over either way.
  void up.until(isSettled).then(endTurn, endTurn);
  return up;
}

/** One `scripts/up`, and what it says. */
class Up {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  stdout = "";
  stderr = "";
  #waiting: (() => void)[] = [];

  constructor(...args: readonly string[]) {
    this.process = spawn(join(packageRoot, "scripts", "up"), ["--dir", state, ...args], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process.stdout?.on("data", (chunk: Buffer) => this.#heard("stdout", chunk));
    this.process.stderr?.on("data", (chunk: Buffer) => this.#heard("stderr", chunk));
    this.ended = once(this.process, "exit").then(([code]) => {
      this.#wakeAll();
      return code as number | null;
    });
    running.push(this);
  }

  async until(what: () => boolean): Promise<void> {
    while (!what()) {
      if (this.process.exitCode !== null) throw new Error(`up ended:\n${this.stderr}`);
      await new Promise<void>((wake) => this.#waiting.push(wake));
    }
  }

  async ready(): Promise<Ready> {
    await this.until(() => this.stdout.includes("\n"));
    return JSON.parse(this.stdout.split("\n")[0] ?? "") as Ready;
  }

  #heard(stream: "stdout" | "stderr", chunk: Buffer): void {
    this[stream] += chunk.toString();
    this.#wakeAll();
  }

  #wakeAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

const isThere = (pid: number): boolean => identityOf(pid) !== undefined;

const pidNow = (child: (typeof CHILDREN)[number]): number | undefined => {
  const record = JSON.parse(readFileSync(join(state, "up.json"), "utf8")) as {
    readonly pids: Partial<Ready["pids"]>;
  };
  return record.pids[child];
};

/** Looks again and again; for what other processes do and nobody here is told of. */
const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 10));
};

/** A service that is swept every second. */
const sound = (): string => {
  const url = `http://127.0.0.1:${(target.address() as AddressInfo).port}/`;
  return watching([{ service: "till", url }], { url }, { every: "1s", timeout: "1s" });
};

const config = (text = sound()): string => {
  const path = join(folder, "my.yaml");
  writeFileSync(path, text);
  return path;
};

beforeAll(async () => {
  target = createServer((_request, response) => {
    hits += 1;
    response.end("ok");
  }).listen(0, "127.0.0.1");
  await once(target, "listening");
});

afterAll(() => void target.close());

const fresh = (): void => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-up-"));
  // PostgreSQL may run as another user, who has to be able to enter.
  chmodSync(folder, 0o755);
  state = join(folder, "state");
};

const end = async (): Promise<void> => {
  for (const up of running) {
    if (up.process.exitCode === null && up.process.signalCode === null) up.process.kill("SIGTERM");
    await up.ended;
  }
  running = [];
  rmSync(folder, { recursive: true, force: true });
};

describe("what up has started", () => {
  let up: Up;
  let ready: Ready;

  beforeAll(async () => {
    fresh();
    up = await startUp("--json", "--config", config());
    ready = await up.ready();
  });

  afterAll(end);

  it("is told in one line once sweeps run", () => {
    expect(ready).toEqual({
      ready: true,
      temporal: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      namespace: "tocsin",
      ui: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      api: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      dir: state,
      pids: Object.fromEntries(CHILDREN.map((child) => [child, expect.any(Number)])),
      metrics: ["/metrics", "/metrics", "/metrics/temporal"].map(
        (path) => expect.stringMatching(new RegExp(`^http://127\\.0\\.0\\.1:\\d+${path}$`)) as unknown,
      ),
    });
    expect(up.stdout.split("\n")).toHaveLength(2);
  });

  it.each(CHILDREN)("is started again within a second when %s is killed", async (child) => {
    const old = pidNow(child);
    const killedAt = performance.now();
    process.kill(old ?? 0, "SIGKILL");
    await until(() => ![undefined, old].includes(pidNow(child)));
    expect(performance.now() - killedAt).toBeLessThan(1_000);
    await up.until(() => up.stderr.includes(`${child} runs again`));
  });

  it("sweeps and answers after all of them were killed", async () => {
    const told = up.stderr.length;
    for (const child of CHILDREN) process.kill(pidNow(child) ?? 0, "SIGKILL");
    await up.until(() => CHILDREN.every((child) => up.stderr.slice(told).includes(`${child} runs again`)));
    const since = hits;
    await until(() => hits > since);
    const answer = await fetch(`${ready.api}/healthz`);
    expect(answer.status).toBe(200);
  });

  it("is not disturbed by a second up on the same folder, which is refused", async () => {
    const second = new Up("--json");
    expect(await second.ended).toBe(2);
    expect(second.stderr).toContain("error RUN-011");
    expect(second.stderr).toContain(`process ${up.process.pid ?? 0}`);
    expect(isThere(pidNow("worker") ?? 0)).toBe(true);
  });

  it("reads its file again on SIGHUP, and keeps running the old one when the new one is broken", async () => {
    config("tocsin: 1\nsistems: {}\n");
    up.process.kill("SIGHUP");
    await up.until(() => /was NOT applied, what runs goes on[^]*my\.yaml:2:1: error:/.test(up.stderr));
    config();
    up.process.kill("SIGHUP");
    await up.until(() => up.stderr.includes("my.yaml is applied"));
  });

  it("is stopped by SIGTERM, all of it, and carries on at the same addresses", async () => {
    const pids = CHILDREN.map((child) => pidNow(child) ?? 0);
    up.process.kill("SIGTERM");
    expect(await up.ended).toBe(0);
    expect(pids.filter(isThere)).toEqual([]);
    expect(existsSync(join(state, "up.json"))).toBe(false);
    up = await startUp("--json", "--config", config());
    const again = await up.ready();
    expect(again).toEqual({ ...ready, pids: again.pids });
  });

  it("is ended by the next up when this one was killed", async () => {
    const { pids } = await up.ready();
    up.process.kill("SIGKILL");
    await up.ended;
    expect(isThere(pids.temporal)).toBe(true);
    up = await startUp("--json", "--config", config());
    await up.ready();
    expect(up.stderr).toContain("ended what an earlier run had left behind");
    expect(CHILDREN.map((child) => pids[child]).filter(isThere)).toEqual([]);
  });

  it("goes on with the last sound revision when the file is broken at the start, and says so", async () => {
    up.process.kill("SIGINT");
    expect(await up.ended).toBe(0);
    up = await startUp("--json", "--config", config("tocsin: 1\nsistems: {}\n"));
    await up.ready();
    expect(up.stderr).toMatch(/my\.yaml is broken and was NOT applied\. Running revision [0-9a-f]{12} of /);
    const since = hits;
    await until(() => hits > since);
  });
});

describe("up refuses to start", () => {
  afterEach(end);

  it("with a broken file and no revision before it, and leaves nothing running", async () => {
    fresh();
    const up = await startUp("--config", config("tocsin: 1\nsistems: {}\n"));
    expect(await up.ended).toBe(2);
    expect(up.stderr).toContain("my.yaml:2:1: error:");
    expect(JSON.parse(readFileSync(join(state, "children.json"), "utf8"))).toEqual([]);
    expect(existsSync(join(state, "up.lock"))).toBe(false);
  });

  it("on a damaged database, which it names", async () => {
    fresh();
    const database = join(state, "temporal", "temporal.db");
    mkdirSync(join(state, "temporal"), { recursive: true });
    writeFileSync(database, "not a database at all");
    const up = await startUp("--config", config());
    expect(await up.ended).toBe(1);
    expect(up.stderr).toContain("error RUN-012");
    expect(up.stderr).toContain(database);
  });
});

describe("up that is told to stop while it starts", () => {
  afterEach(end);

  it("leaves nothing running", async () => {
    fresh();
    const up = await startUp("--config", config());
    await up.until(() => up.stderr.includes("PostgreSQL serves") || up.stderr.includes("Temporal serves"));
    up.process.kill("SIGINT");
    expect(await up.ended).toBe(0);
    expect(JSON.parse(readFileSync(join(state, "children.json"), "utf8"))).toEqual([]);
  });
});
