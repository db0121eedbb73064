/** `tocsin history`: what one check saw over a time, and what its alerts made of it. */

import type { Command } from "commander";

import type { CheckId } from "../../domain/ids.js";
import { EXIT } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import { findCheck } from "../../domain/plan-lookup.js";
import { appliedPlan } from "../../views/monitors.js";
import { unknownCheck } from "../../views/unknown-name.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import type { History } from "../../views/history.js";
import { readHistory } from "../../views/history.js";
import type { HistoryLine } from "../history-lines.js";
import { bucketLines, edgeLines, readingLines, shares } from "../history-lines.js";
import type { Installation } from "../installation.js";
import { requireStore } from "../require-store.js";
import { statePaint } from "../output/colors.js";
import { printEnvelope } from "../output/envelope.js";
import { withProgress } from "../output/progress.js";
import { table } from "../output/table.js";
import type { Column } from "../output/table.js";
import { clock } from "../../views/times.js";
import { durationMs, positiveInteger } from "../parse-values.js";
import type { Session } from "../session.js";
import { colorsOf, note, say, withInstallation } from "../session.js";
import { checkTarget } from "../../views/target.js";

interface HistoryFlags extends ConnectionFlags {
  readonly since: number;
  readonly limit: number;
  readonly json?: true;
}

const HOUR_MS = 3_600_000;
export function registerHistory(program: Command, session: Session): void {
  withConnection(program.command("history"))
    .description("show what a check saw, and what its alerts made of it")
    .argument("<check>", "<system>/<service>/<check>")
    .option("--since <duration>", "how far to look back (default 1h)", durationMs, HOUR_MS)
    .option("--limit <count>", "at most so many readings", positiveInteger, 2_000)
    .option("--json", "for machines")
    .action((which: string, flags: HistoryFlags) => {
      const check = checkTarget(which);
      return withInstallation(session, flags, (installation) => history(session, installation, check, flags));
    });
}

async function history(
  session: Session,
  installation: Installation,
  check: CheckId,
  flags: HistoryFlags,
): Promise<ExitCode> {
  const { io } = session;
  const now = io.now();
  const range = { from: now - flags.since, to: now + 1 };
  const store = await requireStore(installation);
  const found = await withProgress(io, "reading", () => readHistory(store, check, range, flags.limit));
  const lines = linesOf(found);
  if (lines.length === 0) await refuseUnknown(installation, check);
  if (flags.json) {
    printEnvelope(io, "history", found, { check, from: range.from, at: now });
    return EXIT.ok;
  }
  if (lines.length === 0) {
    note(io, `nothing was stored of ${check} since ${clock(range.from, now)} UTC`);
    return EXIT.ok;
  }
  say(io, [
    `${check}: ${shares(found.readings, found.rollups)}`,
    "",
    ...table(columns(session), lines, io.width),
  ]);
  if (found.readings.length === flags.limit)
    note(io, `only the newest ${flags.limit} readings: --limit shows more`);
  return EXIT.ok;
}

/** One that was taken out of the configuration still has its readings; one without any may be a slip of the fingers. Throws CLI-006. */
async function refuseUnknown(installation: Installation, check: CheckId): Promise<void> {
  const plan = await appliedPlan(installation);
  if (plan !== undefined && findCheck(plan, check) === undefined) throw unknownCheck(plan, check);
}

function linesOf({ readings, rollups, transitions }: History): readonly HistoryLine[] {
  return [...readingLines(readings), ...bucketLines(rollups), ...edgeLines(transitions)].sort(
    (a, b) => a.from - b.from,
  );
}

function columns(session: Session): readonly Column<HistoryLine>[] {
  const colors = colorsOf(session.io);
  const now = session.io.now();
  return [
    { title: "FROM", text: ({ from }) => clock(from, now) },
    { title: "TO", text: ({ to }) => (to === undefined ? "" : clock(to, now)) },
    {
      title: "WHAT",
      text: ({ what }) => what,
      paint: ({ what }) => statePaint(what.replace("→ ", ""), colors),
    },
    { title: "LATENCY", text: ({ latency }) => latency ?? "", align: "right" },
    { title: "DETAIL", text: ({ detail }) => detail, flexible: true },
  ];
}
