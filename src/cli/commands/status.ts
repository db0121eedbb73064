/** `tocsin status`: whether Tocsin sees, what fires, who has it. */

import type { Command } from "commander";

import { parseServiceId, RESERVED_SYSTEM, serviceOfIncident } from "../../domain/ids.js";
import { EXIT, TocsinError } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import type { DeadLetter } from "../../store/store.js";
import type { Operations } from "../../temporal/operations.js";
import { blindSpots } from "../blindness.js";
import type { ConnectionFlags, Context } from "../context.js";
import { withConnection } from "../context.js";
import { fromStore } from "../from-store.js";
import type { Installation } from "../installation.js";
import { appliedPlan, monitorsNow } from "../monitors.js";
import { nothingHere } from "../nothing-here.js";
import { openIncidents } from "../open-incidents.js";
import { printEnvelope } from "../output/envelope.js";
import { foundSomething } from "../output/failure.js";
import { withProgress } from "../output/progress.js";
import { pausesNow } from "../pauses.js";
import type { Session } from "../session.js";
import { note, say, withInstallation } from "../session.js";
import type { StatusData } from "../status-view.js";
import { blindLines, isFinding, MOST_LETTERS, statusLines } from "../status-view.js";
import { systemRow } from "../system-rows.js";
import { unknownSystem } from "../unknown-name.js";

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
  const operations = await connected(session, installation, flags);
  const plan = await appliedPlan(installation);
  const [monitors, incidents, letters] = await withProgress(io, "asking the monitors", () =>
    Promise.all([
      monitorsNow(operations, plan, system),
      openIncidents(operations, system),
      fromStore(installation, (store) => store.deadLetters({ state: "dead", limit: MOST_LETTERS })),
    ]),
  );
  if (!letters.there) note(io, `store away: ${letters.why}`);
  const nothing = nothingHere(installation.context, {
    monitors: monitors.length,
    plan,
    store: letters.there,
  });
  if (nothing !== undefined) {
    sayBlindOnly(session, "nothing says what should be watched", flags.json === true);
    throw nothing;
  }
  if (system !== undefined && monitors.length === 0) throw unknownSystem(plan, system);
  const now = io.now();
  const data: StatusData = {
    blind: blindSpots(monitors, now),
    ...(letters.there ? { deadLetters: countOf(letters.value, system) } : {}),
    systems: monitors.map((monitor) => systemRow(monitor, now)),
    incidents,
    pauses: pausesNow(monitors, now),
  };
  if (flags.json) {
    const store = letters.there ? "ok" : "away";
    printEnvelope(io, "status", data, { at: now, store, revision: plan?.revision });
  } else say(io, statusLines(session, data));
  return foundSomething(isFinding(data));
}

/** Whoever cannot reach Temporal is blind, and says that before anything else. */
async function connected(
  session: Session,
  installation: Installation,
  { json }: StatusFlags,
): Promise<Operations> {
  const { context } = installation;
  try {
    return await withProgress(session.io, `connecting to ${context.address}`, () =>
      installation.operations(),
    );
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

/** Of a system: its own and those of Tocsin itself, which tell of it too. */
function countOf(letters: readonly DeadLetter[], system: string | undefined): number {
  if (system === undefined) return letters.length;
  const systems = letters.map(({ incident }) => parseServiceId(serviceOfIncident(incident)).system);
  return systems.filter((each) => each === system || each === RESERVED_SYSTEM).length;
}
