/** `tocsin apply`: makes a configuration the one that runs; a broken one changes nothing. */

import type { Command } from "commander";

import { openApp } from "../../app.js";
import { renderProblems } from "../../config/diagnostics.js";
import { EXIT } from "../../errors.js";
import { createLogger } from "../../telemetry/logger.js";
import { operations } from "../../temporal/operations.js";
import { applyFile, BrokenConfiguration, checkCount } from "../applying.js";
import type { AppliedPlan } from "../applying.js";
import { resolveContext, withConnection } from "../context.js";
import type { ConnectionFlags } from "../context.js";
import { printEnvelope } from "../output/envelope.js";
import { withProgress } from "../output/progress.js";
import { askOwed, owedLines } from "../owed.js";
import type { StillOwed } from "../owed.js";
import { note, say } from "../session.js";
import type { Session } from "../session.js";

interface ApplyFlags extends ConnectionFlags {
  readonly by?: string;
  readonly json?: true;
}

export function registerApply(program: Command, session: Session): void {
  withConnection(program.command("apply"))
    .description("make a configuration the one that runs")
    .argument("<file>", "the configuration")
    .option("--by <name>", "who applies it")
    .option("--json", "print the result as JSON")
    .action((file: string, flags: ApplyFlags) => runApply(file, flags, session));
}

async function runApply(file: string, flags: ApplyFlags, session: Session): Promise<void> {
  const { io } = session;
  const log = createLogger("apply", { pretty: true, level: "warn" });
  const app = await openApp(resolveContext(flags, io), log);
  try {
    await app.store.migrate();
    const applied = await applyFile(app, file, io.env, flags.by ?? io.user);
    const running = operations(app.temporal.client, app.context.prefix);
    const owed = await withProgress(io, "asking open incidents what they owe", () =>
      askOwed(running, applied.plan.revision),
    );
    if (flags.json === true) printEnvelope(io, "applied", jsonOf(applied, owed));
    else say(io, [...linesOf(applied), ...owedLines(owed, io.width)]);
    if (applied.warnings.length > 0) note(io, renderProblems(applied.warnings));
  } catch (error) {
    if (!(error instanceof BrokenConfiguration) || flags.json !== true) throw error;
    printEnvelope(io, "problems", error.problems.problems, { more: error.problems.more });
    session.finish(EXIT.usage);
  } finally {
    await app.close();
  }
}

function jsonOf(
  { plan, previous, appliedAt, synced, schedules, stored }: AppliedPlan,
  owed: StillOwed,
): unknown {
  return {
    revision: plan.revision,
    previous: previous?.revision ?? null,
    appliedAt,
    checks: checkCount(plan),
    ...synced,
    schedules,
    stored,
    stillOwed: owed,
  };
}

function linesOf({ plan, previous, synced, schedules, stored }: AppliedPlan): readonly string[] {
  const changed =
    previous?.revision === plan.revision ? "unchanged" : `was ${previous?.revision ?? "nothing"}`;
  const done = [
    ...lineOf("started", synced.started),
    ...lineOf("told", synced.reconfigured),
    ...lineOf("ending", synced.retiring),
    ...lineOf(
      "schedules",
      schedules.filter((each) => each.done !== "unchanged").map(({ name, done }) => `${name} ${done}`),
    ),
  ];
  return [
    `revision ${plan.revision} (${changed}): ${checkCount(plan)} checks`,
    ...(done.length === 0 ? ["nothing changed: every monitor runs it already"] : done),
    ...(stored ? [] : ["the store is away: this machine's copy is used until it is back; apply again then"]),
  ];
}

function lineOf(what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${what}: ${names.join(", ")}`];
}
