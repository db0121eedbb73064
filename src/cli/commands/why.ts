/** `tocsin why`: why somebody was told, or was not. */

import type { Command } from "commander";

import { EXIT, TocsinError } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import { didYouMean } from "../../lib/did-you-mean.js";
import type { Installation } from "../installation.js";
import { appliedPlan } from "../monitors.js";
import { printEnvelope } from "../output/envelope.js";
import { withProgress } from "../output/progress.js";
import { durationMs } from "../parse-values.js";
import { checkIds, declaredAlerts, serviceIds } from "../../domain/plan-lookup.js";
import type { Session } from "../session.js";
import { colorsOf, note, say, withInstallation } from "../session.js";
import type { WhyTarget } from "../target.js";
import { whyTarget } from "../target.js";
import { explain } from "../why/explain.js";
import { gatherWhy } from "../why/gather.js";
import { renderWhy } from "../why/render.js";

interface WhyFlags extends ConnectionFlags {
  readonly since: number;
  readonly all?: true;
  readonly json?: true;
}

const DAY = "24h";

export function registerWhy(program: Command, session: Session): void {
  withConnection(program.command("why"))
    .description("explain why somebody was told, or was not")
    .argument("<which>", "<system>/<service>, a check's or an alert's id")
    .option("--since <duration>", `how far to look back (default ${DAY})`, durationMs, durationMs(DAY))
    .option("--all", "every time it was in trouble, not only the last")
    .option("--json", "for machines")
    .action((which: string, flags: WhyFlags) => {
      const target = whyTarget(which);
      return withInstallation(session, flags, (installation) =>
        why(session, installation, which, target, flags),
      );
    });
}

async function why(
  session: Session,
  installation: Installation,
  which: string,
  target: WhyTarget,
  flags: WhyFlags,
): Promise<ExitCode> {
  const { io } = session;
  const now = io.now();
  const from = now - flags.since;
  const { input, notes } = await withProgress(io, "reading what happened", () =>
    gatherWhy(installation, which, target, { now, from, all: flags.all === true }),
  );
  for (const line of notes) note(io, line);
  if (input.transitions.length === 0 && (input.guards ?? []).length === 0) {
    await refuseUnknown(installation, which, target);
  }
  const lines = explain(input);
  if (flags.json) {
    const { transitions, incidents, guards } = input;
    const data = { lines, transitions, incidents, guards: guards ?? null };
    printEnvelope(io, "why", data, { target: which, at: now, from, notes });
  } else say(io, renderWhy(lines, now, io.width, colorsOf(io)));
  return EXIT.ok;
}

/** A name that the configuration does not have and that was never in trouble is a slip of the fingers. Throws CLI-006. */
async function refuseUnknown(installation: Installation, which: string, target: WhyTarget): Promise<void> {
  const plan = await appliedPlan(installation);
  if (plan === undefined) return;
  const names: Readonly<Record<WhyTarget["kind"], readonly string[]>> = {
    service: serviceIds(plan),
    check: checkIds(plan),
    alert: declaredAlerts(plan),
  };
  const known = names[target.kind];
  const wanted = which.split("/").slice(0, 4).join("/");
  if (known.includes(wanted) || which.startsWith("tocsin/")) return;
  const meant = didYouMean(wanted, known);
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  throw new TocsinError("CLI-006", `revision ${plan.revision} has no ${target.kind} '${which}'${hint}`);
}
