/** A broken configuration never stops what is running: which revision `up` runs, given its file and what was applied before. */

import { utc } from "../../domain/utc.js";
import { TocsinError } from "../../errors.js";
import { errorText } from "../../lib/error-code.js";
import type { Applied, Configuring } from "./configuring.js";
import type { Whereabouts } from "./installation-facts.js";
import type { UpLog } from "./up-log.js";

const LOOK_AGAIN_MS = 5_000;

/**
 * Makes the store ready. One that is away keeps nobody from being paged: then `up` goes on with what this machine holds, and tries
 * again until `stop`. Rejects when the store is there and refuses.
 */
export async function prepareStore(
  configuring: Pick<Configuring, "prepare">,
  where: Whereabouts,
  log: UpLog,
  stop: AbortSignal,
  lookAgainMs = LOOK_AGAIN_MS,
): Promise<void> {
  try {
    await configuring.prepare(where);
  } catch (error) {
    if (!isAway(error)) throw error;
    log.note(
      `${error.message}\nStarting WITHOUT the store: checks run and pages go out; history and commands that need it wait until it is back.`,
      "error",
    );
    void prepareLater(configuring, where, log, stop, lookAgainMs);
  }
}

async function prepareLater(
  configuring: Pick<Configuring, "prepare">,
  where: Whereabouts,
  log: UpLog,
  stop: AbortSignal,
  lookAgainMs: number,
): Promise<void> {
  while (!stop.aborted) {
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs).unref());
    try {
      await configuring.prepare(where);
      log.note("the store is back and ready");
      return;
    } catch (error) {
      if (!isAway(error)) log.note(`the store cannot be made ready: ${errorText(error)}`, "error");
    }
  }
}

/** At the start: the file, else (with a banner) what was applied before it broke. Rejects with the file's error when nothing ever was. */
export async function configureFirst(
  configuring: Configuring,
  file: string,
  where: Whereabouts,
  log: UpLog,
): Promise<Applied> {
  try {
    return await configuring.apply(file, where);
  } catch (error) {
    if (!isBroken(error)) throw error;
    const applied = await configuring.resume(where);
    if (applied === undefined) throw error;
    log.note(
      `${file} is broken and was NOT applied. Running revision ${applied.revision} of ${utc(applied.appliedAt)} instead.\n${error.message}`,
      "error",
    );
    return applied;
  }
}

/** While it runs: the file if it is sound, else nothing changes. Never rejects. */
export async function configureAgain(
  configuring: Configuring,
  file: string,
  where: Whereabouts,
  log: UpLog,
): Promise<void> {
  try {
    const { revision, checks } = await configuring.apply(file, where);
    log.note(`${file} is applied: revision ${revision}, ${checks} checks`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.note(`${file} was NOT applied, what runs goes on.\n${reason}`, "error");
  }
}

/** As opposed to: nobody could be asked to run it. */
function isBroken(error: unknown): error is TocsinError {
  return error instanceof TocsinError && error.code.startsWith("CFG-");
}

function isAway(error: unknown): error is TocsinError {
  return error instanceof TocsinError && error.code === "STO-001";
}
