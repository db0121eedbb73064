import { describe, expect, it } from "@jest/globals";

import type { MonitorTargetCommand } from "../../src/domain/commands.js";
import type { MonitorCommandStep } from "../../src/domain/monitor-commands.js";
import { pauseChecks, resumeChecks, sweepChecks } from "../../src/domain/monitor-commands.js";
import type { MonitorState } from "../../src/domain/monitor-state.js";
import { checksPlan, planned } from "../support/monitor-story.js";

const SECOND = 1_000;
const slice = checksPlan(["api/ready", "api/live", "db/up"]);
const idle = planned(slice);
const paused = pauseChecks(idle, slice, { service: "api" }, SECOND).step.state;

type Give = (state: MonitorState, command: MonitorTargetCommand) => MonitorCommandStep;
const COMMANDS: readonly (readonly [string, Give])[] = [
  ["pause", (state, command) => pauseChecks(state, slice, command, 2 * SECOND)],
  ["resume", (state, command) => resumeChecks(state, slice, command, 2 * SECOND)],
  ["sweepNow", (state, command) => sweepChecks(state, slice, command)],
];

describe("what a command is about", () => {
  it.each(COMMANDS)(
    "%s of a check without its service is refused: it is not the whole system",
    (_name, give) => {
      expect(give(paused, { check: "ready" })).toEqual({
        step: { state: paused, effects: [] },
        answer: { ok: false, text: "say which service the check is of" },
        probe: [],
      });
    },
  );

  it.each([
    ["a check", { service: "api", check: "ready" }, ["api/ready"]],
    ["a service", { service: "db" }, ["db/up"]],
    ["everything, when it names nothing", {}, ["api/live", "api/ready", "db/up"]],
  ])("may be %s", (_name, command, probed) => {
    expect([...sweepChecks(idle, slice, command).probe].sort()).toEqual(probed);
    const {
      until: _until,
      at: _at,
      by: _by,
      ...scope
    } = pauseChecks(idle, slice, command, 0).step.state.pauses[0] ?? {};
    expect(scope).toEqual(command);
  });
});
