/** `tocsin doctor`: whether everything that a page depends on works. */

import type { Command } from "commander";

import { fail, pass } from "../../../activities/doctor.js";
import { openApp, openStore } from "../../app.js";
import type { DoctorReport } from "../../domain/doctor-report.js";
import { TocsinError } from "../../errors.js";
import { createLogger } from "../../telemetry/logger.js";
import type { ConnectionFlags, Context } from "../context.js";
import { resolveContext, withConnection } from "../context.js";
import { palette, statePaint } from "../output/colors.js";
import { printEnvelope } from "../output/envelope.js";
import { foundSomething } from "../output/failure.js";
import { withProgress } from "../output/progress.js";
import type { Session } from "../session.js";
import { say } from "../session.js";
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
    .action(async (flags: DoctorFlags) => {
      const { io } = session;
      const context = resolveContext(flags, io);
      const { ok, findings } = await withProgress(io, "examining", () => examine(context));
      if (flags.json)
        printEnvelope(io, "doctor", { ok, findings }, { at: io.now(), address: context.address });
      else say(io, lines(findings, io.width, palette(io.colors.out)));
      session.finish(foundSomething(!ok));
    });
}

/** A doctor that cannot reach Temporal still has something to say about the rest. */
async function examine(context: Context): Promise<DoctorReport> {
  const log = createLogger("doctor", { pretty: true, level: "silent" });
  try {
    const app = await openApp(context, log);
    try {
      return await app.examine();
    } finally {
      await app.close();
    }
  } catch (error) {
    if (!(error instanceof TocsinError)) throw error;
    const first: Finding = {
      name: isTemporal(error) ? "temporal" : "store",
      ...fail(remedied(error, context)),
    };
    const store = isTemporal(error) ? await examineStore(context) : [];
    return { ok: false, findings: [first, ...store] };
  }
}

async function examineStore(context: Context): Promise<readonly Finding[]> {
  const name = "store";
  try {
    const store = openStore(context, createLogger("doctor", { pretty: true, level: "silent" }));
    try {
      return [{ name, ...pass(`answers in ${Math.round(await store.ping())} ms`) }];
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof TocsinError)) throw error;
    return [{ name, ...fail(remedied(error, context)) }];
  }
}

function isTemporal({ code }: TocsinError): boolean {
  return code.startsWith("TMP-");
}

function remedied(error: TocsinError, { from }: Context): string {
  const where = isTemporal(error) ? ` (address from ${from})` : "";
  return `${error.message}${where}. ${error.remedy}`;
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
