/** Examines from this process what a page depends on: for the time in which no worker answers. */

import { fail, pass } from "../../activities/doctor.js";
import { openApp, openStore } from "../app.js";
import type { DoctorReport } from "../domain/doctor-report.js";
import { TocsinError } from "../errors.js";
import { createLogger } from "../telemetry/logger.js";
import type { Context } from "./context.js";

type Finding = DoctorReport["findings"][number];

/** A doctor that cannot reach Temporal still has something to say about the rest. */
export async function examineHere(context: Context): Promise<DoctorReport> {
  const log = createLogger("doctor", { pretty: true, level: "silent" });
  try {
    const app = await openApp(context, log);
    try {
      return await app.examine("shell");
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
