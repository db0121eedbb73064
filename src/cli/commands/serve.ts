/** `tocsin serve`: the HTTP listener. */

import type { Command } from "commander";
import { Option } from "commander";

import type { Listening } from "../../api/listening.js";
import { listen } from "../../api/listening.js";
import { openApp } from "../../app.js";
import { systemClock } from "../../lib/clock.js";
import { createLogger } from "../../telemetry/logger.js";
import { operations } from "../../temporal/operations.js";
import { resolveContext, withConnection } from "../context.js";
import type { ConnectionFlags } from "../context.js";
import type { Io } from "../io.js";
import { hostAndPort } from "../parse-values.js";
import type { HostAndPort } from "../parse-values.js";
import type { Session } from "../session.js";
import { onStop } from "../stopping.js";

interface ServeFlags extends ConnectionFlags {
  readonly listen: HostAndPort;
  readonly json?: true;
  readonly supervised?: true;
}

export function registerServe(program: Command, { io }: Session): void {
  withConnection(program.command("serve"))
    .description("answer HTTP: health, pings, posted alerts, the API")
    .addOption(
      new Option("--listen <host:port>", "where to listen; beyond this machine only with tokens")
        .env("TOCSIN_LISTEN")
        .argParser(hostAndPort)
        .default(hostAndPort("127.0.0.1:8470"), "127.0.0.1:8470"),
    )
    .option("--json", "log JSON lines")
    .addOption(new Option("--supervised", "end when standard input closes").hideHelp())
    .action((flags: ServeFlags) => runServe(flags, io));
}

async function runServe(flags: ServeFlags, io: Io): Promise<void> {
  const context = resolveContext(flags, io, "made");
  const log = createLogger("serve", { pretty: flags.json !== true });
  const app = await openApp(context, log);
  const { client, connection, namespace } = app.temporal;
  let listening: Listening;
  try {
    listening = await listen(flags.listen, {
      clock: systemClock,
      store: app.store,
      sources: {
        operations: () => Promise.resolve(operations(client, context.prefix)),
        store: () => Promise.resolve(app.store),
        plans: () => Promise.resolve(app.plans),
      },
      currentPlan: async () => (await app.plans.current())?.plan,
      pingTemporal: async () => {
        await connection.workflowService.describeNamespace({ namespace });
      },
      log: (line) => {
        log.warn(line);
      },
    });
  } catch (error) {
    await app.close();
    throw error;
  }
  log.info(`listening on ${listening.address}`);
  await new Promise<void>((resolve) => {
    onStop(flags.supervised === true, resolve);
  });
  await listening.close();
  await app.close();
}
