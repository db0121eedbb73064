/** `tocsin serve`: the HTTP listener. */

import type { Command } from "commander";
import { Option } from "commander";

import { createApi } from "../../api/server.js";
import { openApp } from "../../app.js";
import { systemClock } from "../../lib/clock.js";
import { createLogger } from "../../telemetry/logger.js";
import { resolveContext, withConnection } from "../context.js";
import type { ConnectionFlags } from "../context.js";
import type { Io } from "../io.js";
import type { Session } from "../session.js";
import { onStop } from "../stopping.js";

interface ServeFlags extends ConnectionFlags {
  readonly listen: string;
  readonly json?: true;
  readonly supervised?: true;
}

export function registerServe(program: Command, { io }: Session): void {
  withConnection(program.command("serve"))
    .description("answer HTTP: health and readiness")
    .addOption(
      new Option("--listen <host:port>", "where to listen").env("TOCSIN_LISTEN").default("127.0.0.1:8470"),
    )
    .option("--json", "log JSON lines")
    .addOption(new Option("--supervised", "end when standard input closes").hideHelp())
    .action((flags: ServeFlags) => runServe(flags, io));
}

async function runServe(flags: ServeFlags, io: Io): Promise<void> {
  const context = resolveContext(flags, io, "made");
  const log = createLogger("serve", { pretty: flags.json !== true });
  const app = await openApp(context, log);
  const { connection, namespace } = app.temporal;
  const api = createApi({
    clock: systemClock,
    store: app.store,
    currentPlan: async () => (await app.plans.current())?.plan,
    pingTemporal: async () => {
      await connection.workflowService.describeNamespace({ namespace });
    },
  });
  const [host, port] = splitListen(flags.listen);
  await api.listen({ host, port: Number(port) });
  log.info(`listening on ${flags.listen}`);
  await new Promise<void>((resolve) => {
    onStop(flags.supervised === true, resolve);
  });
  await api.close();
  await app.close();
}

function splitListen(listen: string): readonly [string, string] {
  const colon = listen.lastIndexOf(":");
  return [listen.slice(0, colon).replace(/^\[|\]$/g, ""), listen.slice(colon + 1)];
}
