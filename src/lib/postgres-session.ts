/** One read-only transaction over one connection, by the simple protocol alone, and what its refusals mean. */

import type { Socket } from "node:net";

import { Client } from "pg";

import { errorCode, errorText } from "./error-code.js";
import { NotPostgres } from "./postgres-messages.js";
import { PostgresStream } from "./postgres-stream.js";
import { valueReader, type Row } from "./postgres-values.js";
import { oneLine, truncateBytes } from "./text.js";

/** The server refused. `fault` is ours for credentials, rights and queries that cannot be run. */
export class PostgresRefusal extends Error {
  constructor(
    message: string,
    readonly fault: "target" | "ours",
  ) {
    super(message);
  }
}

export interface Login {
  readonly user: string;
  readonly password?: string;
  readonly database: string;
}

const MAX_SHOWN_BYTES = 300;
const NO_PASSWORD = "asks for a password, and none is configured";
/** The statements' share of the time limit: a server that is slow says so itself before the connection is cut. */
const STATEMENT_SHARE = 0.8;

/** By SQLSTATE; PgBouncer gives most of its own a protocol violation's. */
function refusal(state: string, text: string): PostgresRefusal {
  const said = truncateBytes(oneLine(text), MAX_SHOWN_BYTES);
  const ours = (what: string): PostgresRefusal => new PostgresRefusal(`${what}: ${said}`, "ours");
  if (state.startsWith("28") || (state === "08P01" && /no such user|authentication|password/i.test(text))) {
    return ours("refuses the configured credentials");
  }
  if (state === "42501") return ours("the user lacks a right");
  if (state.startsWith("42") || state === "25006" || state.startsWith("22"))
    return ours("the query cannot be run");
  if (state === "57014") return new PostgresRefusal("the query did not finish in time", "target");
  return new PostgresRefusal(`answered with an error: ${said}`, "target");
}

class MissingPassword extends Error {}

/** The socket stays its caller's, who closes it. */
export class PostgresSession {
  readonly #stream: PostgresStream;
  readonly #client: Client;

  constructor(socket: Socket, { user, password, database }: Login) {
    this.#stream = new PostgresStream(socket);
    this.#client = new Client({
      stream: () => this.#stream,
      ssl: false,
      user,
      database,
      // A function: without one the client would look for a password in the environment and in files.
      password: () =>
        password === undefined ? Promise.reject(new MissingPassword(NO_PASSWORD)) : Promise.resolve(password),
      application_name: "tocsin",
      types: { getTypeParser: valueReader },
    });
    // Every error also rejects what is under way, which is where it is dealt with.
    this.#client.on("error", () => undefined);
  }

  /** Connects and opens the transaction. Nothing is set for longer than it lasts: the connection may be a pooler's. */
  async begin(timeoutMs: number): Promise<void> {
    await this.#run(() => this.#client.connect());
    const limitMs = Math.max(1, Math.floor(timeoutMs * STATEMENT_SHARE));
    await this.rows(
      `begin read only; set local statement_timeout = ${limitMs}; set local lock_timeout = ${limitMs}; set local timezone = 'UTC'`,
    );
  }

  /** The rows of the last statement. Rejects with {@link PostgresRefusal}, {@link NotPostgres}, or with what says that the connection ended. */
  async rows(text: string): Promise<readonly Row[]> {
    const result = await this.#run(() => this.#client.query<Row>(text));
    // Several statements have several results.
    return Array.isArray(result) ? (result as { rows: Row[] }[]).flatMap(({ rows }) => rows) : result.rows;
  }

  /** At most `limit` rows of one query, whatever it would give. */
  async some(query: string, limit: number): Promise<readonly Row[]> {
    await this.rows(`declare tocsin no scroll cursor for ${query}\n`);
    return this.rows(`fetch ${limit} from tocsin`);
  }

  /** Ends the transaction and says goodbye, so that the server does not log a client that vanished. */
  async end(): Promise<void> {
    await this.rows("rollback");
    this.#stream.write(Buffer.from([0x58, 0, 0, 0, 4]));
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof NotPostgres) throw error;
      if (error instanceof MissingPassword) throw new PostgresRefusal(error.message, "ours");
      const state = errorCode(error);
      if (state !== undefined && /^[0-9A-Z]{5}$/.test(state)) throw refusal(state, errorText(error));
      if (this.#stream.destroyed) throw error;
      throw new NotPostgres(errorText(error));
    }
  }
}
