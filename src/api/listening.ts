/** One running listener: refuses to be reachable from elsewhere before somebody can be told apart, then listens until it is closed. */

import type { AddressInfo } from "node:net";

import { TocsinError } from "../errors.js";
import { errorText } from "../lib/error-code.js";
import { isLoopbackHost } from "../lib/loopback.js";
import type { NewAlert, NewPing } from "../store/incoming.js";
import { keepAttendance } from "./attendance.js";
import type { ApiDependencies } from "./dependencies.js";
import { createIntake } from "./intake.js";
import type { IntakeCounts } from "./intake.js";
import type { Keyring } from "./keyring.js";
import { createKeyring } from "./keyring.js";
import type { Patience } from "./limits.js";
import { serveMetrics } from "./serve-metrics-page.js";
import { createApi } from "./server.js";

/** What a listener is given; what it keeps of its own is made here. */
export type ListeningDependencies = Omit<ApiDependencies, "keyring" | "pings" | "alerts" | "metrics">;

export interface Listening {
  /** `host:port`, the port as it turned out. */
  readonly address: string;
  readonly counts: { readonly pings: IntakeCounts; readonly alerts: IntakeCounts };
  close(): Promise<void>;
}

/** Rejects with RUN-018 without tokens beyond the loopback (and with STO-… when that cannot be known), RUN-019 when it cannot listen. */
export async function listen(
  { host, port }: { readonly host: string; readonly port: number },
  dependencies: ListeningDependencies,
  patience?: Patience,
): Promise<Listening> {
  const { store, clock, log } = dependencies;
  const loopback = isLoopbackHost(host);
  const keyring = createKeyring({ store, clock, log });
  if (!loopback) await refuseWithoutTokens(keyring, host);
  const pings = createIntake<NewPing>({
    what: "pings",
    write: (batch) => store.recordPings(batch),
    // An address and a few numbers besides the body.
    bytesOf: ({ body }) => 200 + Buffer.byteLength(body ?? ""),
    log,
  });
  const alerts = createIntake<NewAlert>({
    what: "posted alerts",
    write: (batch) => store.recordAlerts(batch),
    bytesOf: (alert) => 200 + Buffer.byteLength(JSON.stringify(alert)),
    log,
  });
  const { sources } = dependencies;
  const counts = { ping: pings.counts, alert: alerts.counts };
  const metrics = serveMetrics({ sources, clock, counts, log });
  const api = await createApi(
    { ...dependencies, keyring, pings, alerts, metrics },
    { loopback, ...(patience === undefined ? {} : { patience }) },
  );
  try {
    await api.listen({ host, port });
  } catch (error) {
    await api.close();
    throw new TocsinError("RUN-019", `${host}:${port}: ${errorText(error)}`, { cause: error });
  }
  keyring.start();
  const endAttendance = keepAttendance(store, log);
  const bound = api.server.address() as AddressInfo;
  return {
    address: bound.family === "IPv6" ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`,
    counts: { pings: pings.counts, alerts: alerts.counts },
    close: async () => {
      endAttendance();
      await api.close();
      await Promise.all([pings.settled(), alerts.settled()]);
      await keyring.stop();
    },
  };
}

async function refuseWithoutTokens(keyring: Keyring, host: string): Promise<void> {
  if ((await keyring.count()) > 0) return;
  throw new TocsinError("RUN-018", `${host} is not this machine alone, and no token exists`);
}
