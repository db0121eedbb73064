import { beforeAll, describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import { tocsinWorld } from "../support/tocsin-world.js";
import { worldCli, type WorldCli } from "./world-installation.js";

describe("tocsin schedules", () => {
  let cli: WorldCli;

  beforeAll(async () => {
    cli = worldCli(await tocsinWorld({ plan: oneRule() }), oneRule());
  });

  it.each([
    { action: "trigger", done: "started" },
    { action: "pause", done: "paused" },
    { action: "resume", done: "resumed" },
  ])("$action tells people and machines what was done", async ({ action, done }) => {
    expect((await cli.tocsin("schedules", action, "doctor")).out).toBe(`doctor: ${done}\n`);
    const { out, exit } = await cli.tocsin("schedules", action, "doctor", "--json");
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      kind: "command",
      data: { target: "doctor", how: "answered", text: done },
    });
  });
});
