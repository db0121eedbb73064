/** Connections to PostgreSQL: types as JavaScript has them, a time limit on everything, and no connection used after it broke. */

import { type Kysely, Kysely as KyselyDatabase, PostgresDialect, type PostgresPoolClient } from "kysely";
import { Pool, type PoolClient, TypeOverrides } from "pg";
import { TocsinError } from "../errors.js";
import { errorText } from "../lib/error-code.js";
import { breaksConnection } from "./store-error.js";
import type { Tables } from "./tables.js";

export interface PoolOptions {
  readonly connectionString: string;
  readonly max: number;
  /** How long one statement may take, in milliseconds; 0: as long as it needs. */
  readonly statementMs: number;
  /** How long waiting for a free or new connection may take. */
  readonly connectMs: number;
  /** Told when a connection broke, with the reason. */
  readonly onBroken: (reason: string) => void;
}

export interface OpenPool {
  readonly db: Kysely<Tables>;
  /** `host:port/database`: names the server and holds no secret. */
  readonly where: string;
  end(): Promise<void>;
}

/** How much longer than the server a client waits before it gives the connection up: the server's own refusal is the better end. */
const CLIENT_EXTRA_MS = 1_000;
const IDLE_MS = 30_000;

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`a whole number beyond 2^53: ${text}`);
  return value;
}

/** `2026-11-23 22:57:25.251+00`, in whatever time zone the session shows it. */
function epochOf(text: string): number {
  return Date.parse(text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
}

const INT8 = 20;
const TIMESTAMPTZ = 1184;

/** bigint as a number, timestamps as epoch milliseconds; everything else as the driver reads it. */
function typeParsers(): TypeOverrides {
  const overrides = new TypeOverrides();
  overrides.setTypeParser(INT8, "text", safeInteger);
  overrides.setTypeParser(TIMESTAMPTZ, "text", epochOf);
  return overrides;
}

/** `host:port/database` of a connection string. Throws STO-005 when it cannot be read, without repeating it. */
export function describeConnection(connectionString: string): string {
  if (connectionString.startsWith("/")) return connectionString;
  try {
    const url = new URL(connectionString);
    if (!/^postgres(ql)?:$/.test(url.protocol)) throw new RangeError("another protocol");
    const host = url.searchParams.get("host") ?? url.hostname;
    const port = url.searchParams.get("port") ?? (url.port === "" ? "5432" : url.port);
    return `${host}:${port}${url.pathname}`;
  } catch {
    throw new TocsinError("STO-005", "the store's connection string is no URL of the form postgresql://…");
  }
}

/** A client whose broken connection is thrown away when it is given back. */
function guarded(client: PoolClient, onBroken: (reason: string) => void): PostgresPoolClient {
  let broken = false;
  const breakOff = (error: unknown): void => {
    broken = true;
    onBroken(errorText(error));
  };
  // A connection may break between two statements of a transaction, where no query is there to be told.
  client.on("error", breakOff);
  const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    try {
      return await client.query(text, [...values]);
    } catch (error) {
      if (breaksConnection(error)) breakOff(error);
      throw error;
    }
  };
  const release = (): void => {
    client.removeListener("error", breakOff);
    client.release(broken);
  };
  return { query, release } as PostgresPoolClient;
}

async function greet(client: { query(text: string): Promise<unknown> }, statementMs: number): Promise<void> {
  await client.query(
    `set statement_timeout = ${statementMs}; set idle_in_transaction_session_timeout = 30000; set timezone = 'UTC'`,
  );
}

/** Opens nothing yet: connections are made when they are first needed, at most `max`. */
export function openPool(options: PoolOptions): OpenPool {
  const where = describeConnection(options.connectionString);
  const pool = new Pool({
    connectionString: options.connectionString,
    max: options.max,
    types: typeParsers(),
    keepAlive: true,
    application_name: "tocsin",
    connectionTimeoutMillis: options.connectMs,
    idleTimeoutMillis: IDLE_MS,
    ...(options.statementMs === 0 ? {} : { query_timeout: options.statementMs + CLIENT_EXTRA_MS }),
    // The pool waits for what this returns, which its type keeps to itself.
    onConnect: (client): unknown => greet(client, options.statementMs),
  });
  // An idle connection that breaks is nobody's failure: the pool has dropped it already.
  pool.on("error", (error) => options.onBroken(error.message));
  const dialect = new PostgresDialect({
    pool: {
      connect: async () => guarded(await pool.connect(), options.onBroken),
      end: () => pool.end(),
    },
  });
  const db = new KyselyDatabase<Tables>({ dialect });
  return { db, where, end: () => db.destroy() };
}
