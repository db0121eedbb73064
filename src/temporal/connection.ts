/** Connections to Temporal, from the same settings for clients and workers: flags first, then the SDK's own environment. */

import { Client, Connection } from "@temporalio/client";
import type { ConnectionOptions } from "@temporalio/client";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import { NativeConnection } from "@temporalio/worker";

import { TocsinError } from "../errors.js";

export interface TemporalSettings {
  /** `host:port`; absent: TEMPORAL_ADDRESS, the profile in temporal.toml, or localhost:7233. */
  readonly address?: string;
  readonly namespace?: string;
  /** Nobody named `address`: the profile in temporal.toml comes first, and its namespace with it. */
  readonly guessed?: true;
  /** Why there is nobody to talk to unless a profile names a server. */
  readonly stopped?: string;
}

export interface TemporalClient {
  readonly client: Client;
  readonly connection: Connection;
  readonly address: string;
  readonly namespace: string;
  close(): Promise<void>;
}

const CONNECT_MS = 5_000;

interface Resolved {
  readonly address: string;
  readonly namespace: string;
  readonly options: ConnectionOptions;
}

/** Throws TMP-003 when nobody named a server and the one that is meant does not run: another's would be asked for ours. */
export function resolveServer(settings: TemporalSettings): Resolved {
  const { connectionOptions, namespace } = loadClientConnectConfig({});
  const profile = settings.guessed === true ? connectionOptions.address : undefined;
  if (profile === undefined && settings.stopped !== undefined)
    throw new TocsinError("TMP-003", settings.stopped);
  const address = profile ?? settings.address ?? connectionOptions.address ?? "localhost:7233";
  return {
    address,
    namespace:
      (profile === undefined ? undefined : namespace) ?? settings.namespace ?? namespace ?? "default",
    options: { ...connectionOptions, address },
  };
}

/** Rejects with TMP-001 when nothing answers within 5 s, TMP-002 when the namespace is not there. */
export async function connectTemporal(settings: TemporalSettings): Promise<TemporalClient> {
  const { address, namespace, options } = resolveServer(settings);
  const connection = await reach(address, () =>
    Connection.connect({ ...options, connectTimeout: CONNECT_MS }),
  );
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    await connection.close();
    throw new TocsinError("TMP-002", `namespace '${namespace}' at ${address}: ${text(error)}`, {
      cause: error,
    });
  }
  return {
    client: new Client({ connection, namespace }),
    connection,
    address,
    namespace,
    close: () => connection.close(),
  };
}

/** The worker's own kind of connection. Rejects with TMP-001. */
export async function connectWorker(
  settings: TemporalSettings,
): Promise<{ readonly connection: NativeConnection; readonly namespace: string }> {
  const { address, namespace, options } = resolveServer(settings);
  const { address: host, tls, apiKey, metadata } = options;
  const connection = await reach(address, () =>
    NativeConnection.connect({
      ...(host === undefined ? {} : { address: host }),
      ...(tls === undefined ? {} : { tls }),
      ...(typeof apiKey === "string" ? { apiKey } : {}),
      ...(metadata === undefined ? {} : { metadata }),
    }),
  );
  return { connection, namespace };
}

async function reach<T>(address: string, connect: () => Promise<T>): Promise<T> {
  try {
    return await connect();
  } catch (error) {
    throw new TocsinError("TMP-001", `no Temporal server answers at ${address}: ${text(error)}`, {
      cause: error,
    });
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
