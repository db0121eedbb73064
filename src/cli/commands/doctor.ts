/** `tocsin doctor`: whether everything that a page depends on works. */

import type { Command } from "commander";

import type { DoctorReport } from "../../domain/doctor-report.js";
import type { ExitCode } from "../../errors.js";
import { EXIT, TocsinError } from "../../errors.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import type { Installation } from "../installation.js";
import { palette, statePaint } from "../output/colors.js";
import { printEnvelope } from "../output/envelope.js";
import { foundSomething } from "../output/failure.js";
import { withProgress } from "../output/progress.js";
import type { Session } from "../session.js";
import { note, say, withInstallation } from "../session.js";
import { oneLine, wrap } from "../../lib/text.js";

interface DoctorFlags extends ConnectionFlags {
  readonly json?: true;
}

type Finding = DoctorReport["findings"][number];

/** `pass  workers  …` */
const STATUS_WIDTH = 6;

export function registerDoctor(program: Command, session: Session): void {
  withConnection(program.command("doctor"))
    .description("say whether everything that a page depends on works")
    .option("--json", "for machines")
    .action((flags: DoctorFlags) =>
      withInstallation(session, flags, (installation) => doctor(session, installation, flags)),
    );
}

async function doctor(session: Session, installation: Installation, flags: DoctorFlags): Promise<ExitCode> {
  const { io } = session;
  const onWorker = await withProgress(io, "a worker examines itself", () => askWorker(installation));
  const { ok, findings } = onWorker ?? (await withProgress(io, "examining", () => installation.examine()));
  const by = onWorker === undefined ? "shell" : "worker";
  if (by === "shell") note(io, "no worker answers: this is what can be seen from this shell");
  if (flags.json) {
    printEnvelope(
      io,
      "doctor",
      { ok, findings },
      { at: io.now(), address: installation.context.address, by },
    );
  } else say(io, lines(findings, io.width, palette(io.colors.out)));
  return foundSomething(!ok);
}

/** Undefined also when Temporal is away: that is a finding of the examination from here. */
async function askWorker(installation: Installation): Promise<DoctorReport | undefined> {
  try {
    return await (await installation.operations()).examine();
  } catch (error) {
    if (error instanceof TocsinError && error.exit === EXIT.unreachable) return undefined;
    throw error;
  }
}

function lines(
  findings: readonly Finding[],
  width: number,
  colors: ReturnType<typeof palette>,
): readonly string[] {
  const nameWidth = Math.max(...findings.map(({ name }) => name.length)) + 2;
  const indent = STATUS_WIDTH + nameWidth;
  return findings.flatMap(({ name, status, message }) =>
    wrap(oneLine(message), Math.max(30, width - indent)).map((part, index) =>
      index === 0
        ? statePaint(status, colors)(status) +
          " ".repeat(STATUS_WIDTH - status.length) +
          name.padEnd(nameWidth) +
          part
        : " ".repeat(indent) + part,
    ),
  );
}
