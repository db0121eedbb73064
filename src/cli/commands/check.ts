/** `tocsin check`: probes one check once, from here, and shows what was seen and what every rule says of it. */

import { readFile } from "node:fs/promises";

import type { Command } from "commander";

import { runCheck } from "../../../activities/run-check.js";
import type { CheckedOnce } from "../../../activities/run-check.js";
import type { CheckId } from "../../domain/ids.js";
import type { CheckPlan, Plan } from "../../domain/plan.js";
import type { ExitCode } from "../../errors.js";
import { systemClock } from "../../lib/clock.js";
import { probeEgress } from "../../lib/egress-rules.js";
import { createReadingEvaluator } from "../../lib/expression.js";
import { createSecretResolver } from "../../lib/secret-resolver.js";
import type { Asked } from "../../store/best-effort.js";
import { incomingReader } from "../../store/incoming-reader.js";
import type { Store } from "../../store/store.js";
import { checkedLines, verdictColumns } from "../checked-lines.js";
import { findCheck } from "../../domain/plan-lookup.js";
import { checkTarget } from "../../views/target.js";
import { unknownCheck } from "../../views/unknown-name.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import { fromStore } from "../../views/from-store.js";
import type { Installation } from "../installation.js";
import { printEnvelope } from "../output/envelope.js";
import { foundSomething } from "../output/failure.js";
import { withProgress } from "../output/progress.js";
import { table } from "../output/table.js";
import { choosePlan } from "../plan-choice.js";
import type { Session } from "../session.js";
import { colorsOf, say, withInstallation } from "../session.js";

interface CheckFlags extends ConnectionFlags {
  readonly config?: string;
  readonly json?: true;
}

export function registerCheck(program: Command, session: Session): void {
  withConnection(program.command("check"))
    .description("probe one check once, from here; nothing is stored and nobody is told")
    .argument("<check>", "<system>/<service>/<check>")
    .option("--config <file>", "from this file instead of what has been applied")
    .option("--json", "for machines")
    .action((which: string, flags: CheckFlags) => {
      const id = checkTarget(which);
      return withInstallation(session, flags, (installation) => check(session, installation, id, flags));
    });
}

async function check(
  session: Session,
  installation: Installation,
  id: CheckId,
  flags: CheckFlags,
): Promise<ExitCode> {
  const { io } = session;
  const plan = await choosePlan(installation, io, flags.config);
  const planned = findCheck(plan, id);
  if (planned === undefined) throw unknownCheck(plan, id);
  const checked = await withProgress(io, `probing ${planned.target}`, () =>
    probeOnce(session, installation, plan, id, planned),
  );
  if (flags.json) {
    const { readings, verdicts, overflow } = checked;
    printEnvelope(
      io,
      "check",
      { readings, verdicts, overflow },
      { check: id, revision: plan.revision, at: io.now() },
    );
  } else {
    say(io, checkedLines(id, planned, checked, io.width, colorsOf(io)));
    say(io, ["", ...table(verdictColumns(planned, colorsOf(io)), checked.verdicts, io.width)]);
  }
  return foundSomething(checked.verdicts.some(({ verdict }) => verdict !== "good"));
}

function probeOnce(
  { io }: Session,
  installation: Installation,
  plan: Plan,
  id: CheckId,
  planned: CheckPlan,
): Promise<CheckedOnce> {
  return runCheck(plan, id, planned, [], new AbortController().signal, {
    clock: systemClock,
    secrets: createSecretResolver(io.env, (path) => readFile(path, "utf8")),
    evaluator: createReadingEvaluator(),
    probeEgress: ({ egress }) => probeEgress(egress),
    incoming: incomingReader({ ask: (question) => askedOf(installation, question) }),
  });
}

async function askedOf<T>(
  installation: Installation,
  question: (store: Store) => Promise<T>,
): Promise<Asked<T>> {
  const found = await fromStore(installation, question);
  return found.there ? { ok: true, value: found.value } : { ok: false, reason: found.why };
}
