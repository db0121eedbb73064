/**
 * The worker's own small listener, for scrapers and for whoever asks whether it works. What pages people does not wait for it: an
 * address that is taken is tried again, and a store that is away refuses scrapes from elsewhere, nothing else.
 */

import type { FastifyInstance } from "fastify";

import type { Clock } from "../lib/clock.js";
import { errorText } from "../lib/error-code.js";
import { isLoopbackHost } from "../lib/loopback.js";
import type { Store } from "../store/store.js";
import type { Pages } from "../telemetry/page.js";
import { guardAccess } from "./access.js";
import { fortified } from "./fortified.js";
import type { Keyring } from "./keyring.js";
import { createKeyring } from "./keyring.js";
import { metricsRoutes } from "./routes/metrics.js";

const AGAIN_MS = 5_000;

export interface MetricsListeningOptions {
  readonly host: string;
  readonly port: number;
  readonly pages: Pages;
  /** Whether this process does its work. */
  readonly works: () => boolean;
  readonly store: Pick<Store, "tokens" | "touchTokens">;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** How long an address that is taken is left alone; 5 s by default. */
  readonly againMs?: number;
}

export interface MetricsListening {
  close(): Promise<void>;
}

/** Resolves after the first try, which need not have been a success. */
export async function listenForMetrics(options: MetricsListeningOptions): Promise<MetricsListening> {
  const { store, clock, log, host, port, againMs = AGAIN_MS } = options;
  const keyring = createKeyring({ store, clock, log });
  keyring.start();
  let api: FastifyInstance | undefined;
  let again: NodeJS.Timeout | undefined;
  let isClosed = false;
  let hasFailed = false;
  const listen = async (): Promise<void> => {
    const made = await metricsApi(options, keyring);
    try {
      await made.listen({ host, port });
      api = made;
      if (hasFailed) log(`metrics are on ${host}:${port} now`);
    } catch (error) {
      await made.close();
      if (!hasFailed) log(`there are no metrics on ${host}:${port} yet: ${errorText(error)}`);
      hasFailed = true;
      if (!isClosed) again = setTimeout(() => void listen(), againMs).unref();
    }
  };
  await listen();
  return {
    close: async () => {
      isClosed = true;
      clearTimeout(again);
      await api?.close();
      await keyring.stop();
    },
  };
}

async function metricsApi(
  { host, pages, works, log }: MetricsListeningOptions,
  keyring: Keyring,
): Promise<FastifyInstance> {
  const { api, access } = await fortified({ keyring, loopback: isLoopbackHost(host), log });
  guardAccess(api, access);
  api.get("/healthz", { config: { access: "open" } }, async (_request, reply) => {
    const status = works() ? "ok" : "error";
    return reply.code(status === "ok" ? 200 : 503).send({ status });
  });
  metricsRoutes(api, pages);
  return api;
}
