import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Command } from "commander";

import { registerDemo } from "../../src/cli/commands/demo.js";
import { announcement } from "../../src/demo/announcement.js";
import { readFaults } from "../../src/demo/fault.js";
import { startDemo } from "../../src/demo/main.js";

let folder: string;
let state: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-demo-"));
  state = join(folder, "state.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function tocsin(args: readonly string[], positional = false): Promise<string> {
  let out = "";
  const write = (text: string) => {
    out += text;
  };
  const program = new Command("tocsin").exitOverride().configureOutput({ writeOut: write, writeErr: write });
  if (positional) program.enablePositionalOptions();
  registerDemo(program);
  await program.parseAsync(args, { from: "user" });
  return out;
}

describe("tocsin demo", () => {
  test("breaks and mends on the state that is named, before or after the subcommand", async () => {
    expect(await tocsin(["demo", "break", "controller", "--state", state])).toMatch(
      /^Written down\. No demo runs/,
    );
    await tocsin(["demo", "--state", state, "break", "dispatcher", "--how", "hang"]);
    expect(readFaults(state)).toEqual({ controller: "503", dispatcher: "hang" });
    await tocsin(["demo", "mend", "controller", "--state", state], true);
    expect(readFaults(state)).toEqual({ dispatcher: "hang" });
    await tocsin(["demo", "mend", "all", "--state", state]);
    expect(readFaults(state)).toEqual({});
  });

  test("says what the running demo does now", async () => {
    const ports = { controllerPort: 0, dispatcherPort: 0, sinkPort: 0 };
    const demo = await startDemo({ ...ports, stateFile: state, keys: [], note: () => undefined });
    try {
      const how = ["--how", "refuse", "--state", state];
      expect(await tocsin(["demo", "break", "controller", ...how])).toBe("controller refuses connections.\n");
      expect(await tocsin(["demo", "mend", "all", "--state", state])).toBe(
        "controller and dispatcher work.\n",
      );
    } finally {
      await demo.close();
    }
  });

  test.each([
    ["a service that it does not have", ["demo", "break", "postgres"]],
    ["a fault that it does not know", ["demo", "break", "controller", "--how", "fire"]],
    ["a port that is none", ["demo", "--sink-port", "99999"]],
  ])("refuses %s", async (_what, args) => {
    await expect(tocsin(args)).rejects.toMatchObject({ code: "commander.invalidArgument" });
  });

  test("refuses a secret that cannot sign, without repeating it", async () => {
    process.env.TOCSIN_TEST_DEMO_SECRET = "whsec_no base64";
    const args = ["demo", "--secret", "env:TOCSIN_TEST_DEMO_SECRET", "--state", state];
    await expect(tocsin(args)).rejects.toMatchObject({
      code: "NTF-001",
      message: "--secret env:TOCSIN_TEST_DEMO_SECRET: what follows whsec_ is not base64",
    });
  });

  test("tells how to watch it, with variables only where the addresses are not the usual ones", () => {
    const usual = { controllerUrl: "http://127.0.0.1:8000", dispatcherUrl: "http://127.0.0.1:8080" };
    expect(announcement({ ...usual, sinkUrl: "http://127.0.0.1:9099" })).toMatchSnapshot();
    expect(announcement({ ...usual, sinkUrl: "http://127.0.0.1:40001" })).toMatchSnapshot();
  });
});
