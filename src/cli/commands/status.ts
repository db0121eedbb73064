/** `tocsin status`: whether Tocsin sees, what fires, who has it. */

import type { Command } from "commander";

import { EXIT, TocsinError } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import { isFinding, NOTHING_KNOWN, readStatus } from "../../views/status.js";
import type { ConnectionFlags, Context } from "../context.js";
import { withConnection } from "../context.js";
import type { Installation } from "../installation.js";
import { nothingHere } from "../nothing-here.js";
import { printEnvelope } from "../output/envelope.js";
import { foundSomething } from "../output/failure.js";
import { withProgress } from "../output/progress.js";
import type { Session } from "../session.js";
import { note, say, withInstallation } from "../session.js";
import { blindLines, statusLines } from "../status-view.js";

interface StatusFlags extends ConnectionFlags {
  readonly json?: true;
}

export function registerStatus(program: Command, session: Session): void {
  withConnection(program.command("status"))
    .description("say whether Tocsin sees, what fires and who has it")
    .argument("[system]", "only this one")
    .option("--json", "for machines")
    .action((system: string | undefined, flags: StatusFlags) =>
      withInstallation(session, flags, (installation) => status(session, installation, system, flags)),
    );
}

async function status(
  session: Session,
  installation: Installation,
  system: string | undefined,
  flags: StatusFlags,
): Promise<ExitCode> {
  const { io } = session;
  await connected(session, installation, flags);
  const now = io.now();
  const read = await withProgress(io, "asking the monitors", () => readStatus(installation, system, now));
  const { status: data, store, plan, nothingKnown } = read;
  if (!store.there) note(io, `store away: ${store.why}`);
  if (nothingKnown) {
    sayBlindOnly(session, NOTHING_KNOWN, flags.json === true);
    throw nothingHere(installation.context);
  }
  if (flags.json) {
    const away = store.there ? "ok" : "away";
    printEnvelope(io, "status", data, { at: now, store: away, revision: plan?.revision });
  } else say(io, statusLines(session, data));
  return foundSomething(isFinding(data));
}

/** Whoever cannot reach Temporal is blind, and says that before anything else. */
async function connected(session: Session, installation: Installation, { json }: StatusFlags): Promise<void> {
  const { context } = installation;
  try {
    await withProgress(session.io, `connecting to ${context.address}`, () => installation.operations());
  } catch (error) {
    if (error instanceof TocsinError && error.exit === EXIT.unreachable) {
      sayBlindOnly(session, unreachable(error, context), json === true);
    }
    throw error;
  }
}

function sayBlindOnly(session: Session, reason: string, json: boolean): void {
  if (json) {
    printEnvelope(session.io, "status", { blind: [{ reason }], systems: [], incidents: [], pauses: [] });
    return;
  }
  const whole = `${reason}: whether anything is watched is not known`;
  say(session.io, blindLines(session, [{ system: "", reason: whole }]));
}

function unreachable({ code }: TocsinError, { address, from, namespace, stopped, dir }: Context): string {
  if (stopped !== undefined) return `no \`tocsin up\` runs in ${dir}`;
  return code === "TMP-002"
    ? `Temporal answers at ${address} (from ${from}) and lets nobody into namespace '${namespace}'`
    : `Temporal does not answer at ${address} (from ${from})`;
}
