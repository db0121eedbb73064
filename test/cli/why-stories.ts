/** A Tocsin under virtual time to which things happen, and what `tocsin why` says of it then. */

import { expect } from "@jest/globals";

import type { ServiceId } from "../../src/domain/ids.js";
import type { Plan } from "../../src/domain/plan.js";
import { oneRule } from "../support/plans.js";
import { phases } from "../support/tocsin-sweeps.js";
import type { Looks } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type TocsinWorld, type WorldScript } from "../support/tocsin-world.js";
import { worldCli, type WorldCli } from "./world-installation.js";

export const ALERT = "kohakku/controller/ready/not-ready";
export const BAD = { verdict: "bad", reason: "503, redis: error (connection refused)" } as const;

export const badFrom = (fromMs: number, toMs = Number.POSITIVE_INFINITY): Looks =>
  phases([fromMs, BAD], [toMs, "good"]);

type Act = (cli: WorldCli & { readonly world: TocsinWorld }) => Promise<unknown>;

export interface Story extends Partial<WorldScript> {
  readonly title: string;
  readonly shape?: Plan;
  readonly at: number;
  /** What happens on the way, each at its time. */
  readonly acts?: readonly (readonly [atMs: number, act: Act])[];
  readonly argv?: readonly string[];
}

/** What the command printed; its notes come first. */
export async function whyTold({
  shape = oneRule(),
  at,
  acts = [],
  argv = [ALERT],
  ...script
}: Story): Promise<string> {
  const world = await tocsinWorld({ plan: shape, ...script });
  const cli = { ...worldCli(world, shape, ["tocsin/blind" as ServiceId]), world };
  for (const [atMs, act] of acts) {
    await world.advanceTo(atMs);
    await act(cli);
  }
  await world.advanceTo(at);
  const { out, err, exit } = await cli.tocsin("why", ...argv);
  expect(exit).toBe(0);
  return err === "" ? out : `${err}---\n${out}`;
}
