/** `tocsin up`: everything on one machine, as child processes that are started again when they end. */

import type { Command } from "commander";

import { resolveContext, withStateDir } from "../context.js";
import type { Session } from "../session.js";
import type { Configuring } from "../up/configuring.js";
import { runUp } from "../up/up.js";

interface UpFlags {
  readonly config?: string;
  readonly dir?: string;
  readonly json?: true;
}

/** `configuring` is what knows configurations; the default loads it when it is needed. */
export function registerUp(
  program: Command,
  session: Session,
  configuring: () => Promise<Configuring> = loadConfiguring,
): void {
  withStateDir(program.command("up"))
    .description("run everything on this machine: Temporal, PostgreSQL, worker, listener")
    .option("--config <file>", "the configuration; without one, a small demo runs")
    .option("--json", "once sweeps run, print one line of JSON that says where everything is")
    .action(async ({ config, json, ...flags }: UpFlags) => {
      const { dir } = resolveContext(flags, session.io, "made");
      session.finish(await runUp({ dir, config, json: json === true }, session.io, await configuring()));
    });
}

async function loadConfiguring(): Promise<Configuring> {
  return (await import("../up/app-configuring.js")).appConfiguring;
}
