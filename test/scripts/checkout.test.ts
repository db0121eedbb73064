/** The scripts' shared part on a small checkout of its own, with an `npm` and a compiler that only write down that they were called. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { packageRoot } from "../../src/lib/package-root.js";

let root: string;

const put = (name: string, text: string, mode = 0o644): void => {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
};

const COMPILER = `require("fs").appendFileSync("calls", "tsc " + process.argv.slice(2).join(" ") + "\\n");
if (require("fs").existsSync("broken")) { console.error("src/a.ts(1,1): error"); process.exit(1); }
require("fs").mkdirSync("dist/src/cli", { recursive: true });
require("fs").writeFileSync("dist/src/cli/main.js", "console.log('called in', process.cwd(), 'with', process.argv.slice(2).join(' '), 'as', process.env.TOCSIN_AS)");
require("fs").mkdirSync("dist/scripts", { recursive: true });
require("fs").writeFileSync("dist/scripts/build-workflow-bundle.js", "");`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tocsin-checkout-"));
  cpSync(join(packageRoot, "scripts", "lib"), join(root, "scripts", "lib"), { recursive: true });
  for (const name of ["tocsin", "up"])
    cpSync(join(packageRoot, "scripts", name), join(root, "scripts", name));
  put("package.json", "{}");
  put("package-lock.json", "first");
  put("tsconfig.node.json", "{}");
  put("src/a.ts", "");
  put("workflows/w.ts", "");
  put("activities/a.ts", "");
  put("fake/tsc.js", COMPILER);
  put(
    "bin/npm",
    '#!/bin/sh\necho "npm $*" >> calls\nrm -rf node_modules\nmkdir -p node_modules/typescript/bin\ncp fake/tsc.js node_modules/typescript/bin/tsc\n',
    0o755,
  );
  symlinkSync(process.execPath, join(root, "bin", "node"));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const env = () => ({ PATH: `${join(root, "bin")}:/usr/bin:/bin` });
const run = (...args: readonly string[]) =>
  spawnSync(join(root, "scripts", "tocsin"), args, { cwd: tmpdir(), env: env(), encoding: "utf8" });
const calls = (): readonly string[] =>
  existsSync(join(root, "calls")) ? readFileSync(join(root, "calls"), "utf8").trim().split("\n") : [];
const NPM = "npm ci --no-progress --loglevel=error";
const TSC = "tsc -b tsconfig.node.json";

describe("a script of the checkout", () => {
  test("installs and builds the first time, then neither, and runs where it was called", () => {
    const first = run("status", "--json");
    expect(first.stderr).toBe("installing dependencies (npm ci)\nbuilding\n");
    expect(first.stdout).toBe(
      `called in ${process.platform === "darwin" ? "/private" : ""}${tmpdir()} with status --json as ${join(root, "scripts", "tocsin")}\n`,
    );
    expect(calls()).toEqual([NPM, TSC]);
    expect(run().stderr).toBe("");
    expect(calls()).toEqual([NPM, TSC]);
  });

  test("tells the program how it is called, so that its hints can be typed", () => {
    const call = (script: string): string =>
      spawnSync(script, [], { cwd: root, env: env(), encoding: "utf8" }).stdout;
    expect(call("scripts/tocsin")).toMatch(/ as scripts\/tocsin\n$/);
    expect(call("scripts/up")).toMatch(/ with up as scripts\/tocsin\n$/);
  });

  test("installs again when the lock file has changed, and builds with what it got", () => {
    run();
    put("package-lock.json", "second");
    expect(run().stderr).toBe("installing dependencies (npm ci)\nbuilding\n");
    expect(calls()).toEqual([NPM, TSC, NPM, TSC]);
  });

  test.each(["src/a.ts", "workflows/w.ts", "src/new/b.ts", "tsconfig.node.json"])(
    "builds again when %s has changed",
    (name) => {
      run();
      put(name, "changed");
      const later = new Date(Date.now() + 60_000);
      utimesSync(join(root, name), later, later);
      expect(run().stderr).toBe("building\n");
    },
  );

  test("builds again when a source was deleted", () => {
    run();
    rmSync(join(root, "src", "a.ts"));
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(root, "src"), later, later);
    expect(run().stderr).toBe("building\n");
  });

  test("believes an installation that npm made without it", () => {
    run();
    rmSync(join(root, "node_modules", ".tocsin-package-lock.json"));
    put("node_modules/.package-lock.json", "{}");
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(root, "node_modules", ".package-lock.json"), later, later);
    run();
    expect(calls().filter((call) => call === NPM)).toHaveLength(1);
  });

  test("says what the compiler said when a build fails, and builds again the next time", () => {
    put("broken", "");
    const failed = run();
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain("src/a.ts(1,1): error\nerror: the build failed");
    rmSync(join(root, "broken"));
    expect(run().status).toBe(0);
  });

  test("takes over from one that was killed while it installed", () => {
    const { pid } = spawnSync("/bin/sh", ["-c", "exit 0"]);
    put("dist/.lock/pid", String(pid));
    expect(run().status).toBe(0);
    expect(existsSync(join(root, "dist", ".lock"))).toBe(false);
  });

  test("waits for another one that is installing, and does not do it twice", async () => {
    const both = [0, 1].map(() =>
      spawn(join(root, "scripts", "tocsin"), [], { env: env(), stdio: "ignore" }),
    );
    const ends = await Promise.all(both.map((child) => once(child, "exit")));
    expect(ends).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(calls()).toEqual([NPM, TSC]);
  });

  test("says what is missing when there is no Node", () => {
    rmSync(join(root, "bin", "node"));
    put("bin/node", '#!/bin/sh\n[ "$1" = --version ] && echo v18.0.0\nexit 1\n', 0o755);
    expect(run().stderr).toBe("error: Node.js v18.0.0 is too old: Tocsin needs 20.20 or newer\n");
  });
});
