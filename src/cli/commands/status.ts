/** `tocsin status`: whether Tocsin sees, what fires, who has it. */

import type { Command } from "commander";

import { EXIT, TocsinError } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import type { Operations } from "../../temporal/operations.js";
import type { BlindSpot } from "../blindness.js";
import { blindSpots } from "../blindness.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import { fromStore } from "../from-store.js";
import type { Installation } from "../installation.js";
import { appliedPlan, monitorsNow } from "../monitors.js";
import type { OpenIncident } from "../open-incidents.js";
import { incidentColumns, openIncidents } from "../open-incidents.js";
import { printEnvelope } from "../output/envelope.js";
import { foundSomething } from "../output/failure.js";
import { withProgress } from "../output/progress.js";
import { table } from "../output/table.js";
import type { Session } from "../session.js";
import { colorsOf, note, say, withInstallation } from "../session.js";
import type { SystemRow } from "../system-rows.js";
import { systemColumns, systemRow } from "../system-rows.js";

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
  let operations: Operations;
  try {
    operations = await withProgress(io, `connecting to ${installation.context.address}`, () =>
      installation.operations(),
    );
  } catch (error) {
    sayUnreachable(session, installation, error, flags);
    throw error;
  }
  const plan = await appliedPlan(installation);
  const [monitors, incidents, store] = await withProgress(io, "asking the monitors", () =>
    Promise.all([
      monitorsNow(operations, plan, system),
      openIncidents(operations, system),
      fromStore(installation, (each) => each.ping()),
    ]),
  );
  const now = io.now();
  if (system !== undefined && monitors.length === 0) {
    throw new TocsinError("CLI-005", `no monitor runs for ${system}, and no configuration asks for one`);
  }
  const blind = blindSpots(monitors, now);
  const rows = monitors.map((monitor) => systemRow(monitor, now));
  if (!store.there) note(io, `store away: ${store.why}`);
  if (flags.json) {
    printEnvelope(
      io,
      "status",
      { blind, systems: rows, incidents },
      {
        at: now,
        store: store.there ? "ok" : "away",
        ...(plan === undefined ? {} : { revision: plan.revision }),
      },
    );
  } else sayStatus(session, blind, rows, incidents);
  return foundSomething(blind.length > 0 || incidents.length > 0 || rows.some(({ firing }) => firing > 0));
}

/** Whoever cannot reach Temporal is blind, and says that before anything else. */
function sayUnreachable(
  session: Session,
  { context }: Installation,
  error: unknown,
  flags: StatusFlags,
): void {
  if (!(error instanceof TocsinError) || error.exit !== EXIT.unreachable) return;
  const reason =
    context.stopped === undefined
      ? `Temporal does not answer at ${context.address} (from ${context.from})`
      : `no \`tocsin up\` runs in ${context.dir}`;
  if (flags.json) printEnvelope(session.io, "status", { blind: [{ reason }], systems: [], incidents: [] });
  else sayBlind(session, [{ system: "", reason: `${reason}: whether anything is watched is not known` }]);
}

function sayStatus(
  session: Session,
  blind: readonly BlindSpot[],
  rows: readonly SystemRow[],
  incidents: readonly OpenIncident[],
): void {
  const { io } = session;
  sayBlind(session, blind);
  if (blind.length > 0) say(io, [""]);
  if (rows.length === 0) {
    say(io, ["Nothing is watched: no configuration has been applied."]);
    return;
  }
  say(io, table(systemColumns(session), rows, io.width));
  if (incidents.length > 0) say(io, ["", ...table(incidentColumns(session), incidents, io.width)]);
  else if (blind.length === 0 && rows.every(({ firing }) => firing === 0)) say(io, ["", quietText(rows)]);
}

function quietText(rows: readonly SystemRow[]): string {
  const pending = rows.reduce((sum, row) => sum + row.pending, 0);
  if (pending === 0) return "Nothing fires.";
  return `Nothing fires; ${pending} ${pending === 1 ? "alert is" : "alerts are"} about to: tocsin alerts.`;
}

function sayBlind(session: Session, blind: readonly BlindSpot[]): void {
  const { bad } = colorsOf(session.io);
  say(
    session.io,
    blind.map(({ reason }) => `${bad("BLIND")}: ${reason}.`),
  );
}
