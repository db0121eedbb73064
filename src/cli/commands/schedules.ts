/** `tocsin schedules`: Tocsin's own upkeep, as Temporal runs it. */

import type { Command } from "commander";
import { Argument } from "commander";

import { printDuration } from "../../lib/duration.js";
import type { ExitCode } from "../../errors.js";
import { EXIT, TocsinError } from "../../errors.js";
import type { ScheduleView } from "../../temporal/schedule-view.js";
import type { ScheduleName, ScheduleOperations } from "../../temporal/schedules.js";
import { SCHEDULE_NAMES } from "../../temporal/schedules.js";
import type { ActFlags } from "../act-on.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import { printEnvelope } from "../output/envelope.js";
import { statePaint } from "../output/colors.js";
import { table } from "../output/table.js";
import type { Column } from "../output/table.js";
import { clock } from "../../views/times.js";
import type { Session } from "../session.js";
import { colorsOf, note, say, withInstallation } from "../session.js";

interface ScheduleFlags extends ActFlags {
  readonly reason?: string;
}

interface Action {
  readonly name: "trigger" | "pause" | "resume";
  readonly description: string;
  readonly done: string;
}

const ACTIONS: readonly Action[] = [
  { name: "trigger", description: "run it now, beside its times", done: "started" },
  {
    name: "pause",
    description: "run it no more until it is resumed; applying a configuration does not",
    done: "paused",
  },
  { name: "resume", description: "run it at its times again", done: "resumed" },
];

export function registerSchedules(program: Command, session: Session): void {
  const schedules = program.command("schedules").description("Tocsin's own upkeep, as Temporal runs it");
  withConnection(schedules.command("list"))
    .description("show when each runs next and ran last")
    .option("--json", "for machines")
    .action((flags: ConnectionFlags & { readonly json?: true }) =>
      withInstallation(session, flags, async (installation) => {
        const operations = await installation.operations();
        return list(session, await operations.schedules.list(), flags.json === true);
      }),
    );
  for (const action of ACTIONS) registerAction(schedules, session, action);
}

function registerAction(schedules: Command, session: Session, action: Action): void {
  const command = withConnection(schedules.command(action.name))
    .description(action.description)
    .addArgument(new Argument("<name>", "which one").choices(SCHEDULE_NAMES))
    .option("--by <name>", "who does it (default: your user name)")
    .option("--json", "for machines");
  if (action.name !== "trigger") command.option("--reason <text>", "why; kept as the schedule's note");
  command.action((name: ScheduleName, flags: ScheduleFlags) =>
    withInstallation(session, flags, async (installation) => {
      const { schedules: operations } = await installation.operations();
      return act(session, operations, action, name, flags);
    }),
  );
}

async function act(
  session: Session,
  operations: ScheduleOperations,
  { name: action, done }: Action,
  name: ScheduleName,
  flags: ScheduleFlags,
): Promise<ExitCode> {
  const by = flags.by ?? session.io.user;
  const remark = `${done} by ${by}${flags.reason === undefined ? "" : `: ${flags.reason}`}`;
  const there =
    action === "trigger" ? await operations.trigger(name) : await operations[action](name, remark);
  if (!there) throw new TocsinError("CLI-009", `there is no schedule '${name}'`);
  if (flags.json) printEnvelope(session.io, "command", { target: name, how: "answered", text: done });
  else say(session.io, [`${name}: ${done}`]);
  return EXIT.ok;
}

function list(session: Session, schedules: readonly ScheduleView[], json: boolean): ExitCode {
  const { io } = session;
  if (json) printEnvelope(io, "schedules", schedules, { at: io.now() });
  else if (schedules.length === 0)
    note(io, "there are no schedules: no configuration with one has been applied");
  else say(io, table(columns(session), schedules, io.width));
  return EXIT.ok;
}

function columns(session: Session): readonly Column<ScheduleView>[] {
  const colors = colorsOf(session.io);
  const now = session.io.now();
  const state = ({ paused, running }: ScheduleView): string =>
    paused ? "paused" : running ? "running" : "waiting";
  return [
    { title: "SCHEDULE", text: ({ name }) => name },
    { title: "STATE", text: state, paint: (row) => statePaint(state(row), colors) },
    { title: "WHEN", text: ({ plan }) => whenText(plan) },
    { title: "LAST", text: ({ last }) => (last === undefined ? "never" : clock(last.at, now)) },
    { title: "NEXT", text: ({ next, paused }) => (next === undefined || paused ? "-" : clock(next, now)) },
    { title: "SKIPPED", text: ({ skipped }) => String(skipped), align: "right" },
    { title: "NOTE", text: ({ note: remark }) => remark ?? "", flexible: true },
  ];
}

function whenText(plan: ScheduleView["plan"]): string {
  if (plan === undefined) return "made by hand";
  if (plan.everyMs !== undefined) return `every ${printDuration(plan.everyMs)}`;
  return `${plan.cron ?? "?"}${plan.timezone === undefined ? "" : ` ${plan.timezone}`}`;
}
