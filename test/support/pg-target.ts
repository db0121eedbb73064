/** A small scripted server that speaks PostgreSQL's protocol, version 3, simple queries only: any message of the extended protocol ends it. */

import type { Socket } from "node:net";

import { startTcpTarget, type TcpTarget } from "./tcp-target.js";

/** A result by a word in the query: column to OID and text, or an error. */
export type Result =
  | { readonly columns: Readonly<Record<string, readonly [oid: number, value: string | null]>> }
  | { readonly error: readonly [state: string, message: string] };

export interface PgTarget extends TcpTarget {
  readonly queries: readonly string[];
  /** The names and values of every startup message. */
  readonly startups: readonly string[];
}

const SSL_REQUEST = 80_877_103;
const PASSWORD = "p";
const QUERY = "Q";
const TERMINATE = "X";

function int(value: number, bytes: 2 | 4): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeIntBE(value, 0, bytes);
  return buffer;
}

function message(kind: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(`${part}\0`) : part)),
  );
  return Buffer.concat([Buffer.from(kind), int(body.length + 4, 4), body]);
}

const READY = message("Z", Buffer.from("I"));

function errorMessage([state, text]: readonly [string, string]): Buffer {
  return message("E", "SERROR", "VERROR", `C${state}`, `M${text}`, Buffer.from([0]));
}

function rows(columns: Extract<Result, { columns: unknown }>["columns"]): Buffer {
  const all = Object.entries(columns);
  const described = all.flatMap(([name, [oid]]) => [
    name,
    int(0, 4),
    int(0, 2),
    int(oid, 4),
    int(-1, 2),
    int(-1, 4),
    int(0, 2),
  ]);
  const values = all.flatMap(([, [, value]]) =>
    value === null ? [int(-1, 4)] : [int(Buffer.byteLength(value), 4), Buffer.from(value)],
  );
  return Buffer.concat([
    message("T", int(all.length, 2), ...described),
    message("D", int(all.length, 2), ...values),
    message("C", "SELECT 1"),
  ]);
}

class Peer {
  #bytes = Buffer.alloc(0);
  #started = false;

  constructor(
    readonly socket: Socket,
    readonly script: {
      readonly password?: string;
      readonly results: Readonly<Record<string, Result>>;
      readonly refuse?: readonly [string, string];
    },
    readonly seen: { readonly queries: string[]; readonly startups: string[] },
  ) {}

  listen(): void {
    this.socket.on("data", (piece) => {
      this.#bytes = Buffer.concat([this.#bytes, Buffer.from(piece)]);
      while (this.#take());
    });
  }

  #take(): boolean {
    const head = this.#started ? 1 : 0;
    if (this.#bytes.length < head + 4) return false;
    const end = head + this.#bytes.readInt32BE(head);
    if (this.#bytes.length < end) return false;
    const kind = this.#started ? String.fromCharCode(this.#bytes[0] ?? 0) : "";
    const body = this.#bytes.subarray(head + 4, end);
    this.#bytes = this.#bytes.subarray(end);
    this.#answer(kind, body);
    return true;
  }

  #answer(kind: string, body: Buffer): void {
    switch (kind) {
      case "":
        if (body.readInt32BE(0) === SSL_REQUEST) this.socket.write("N");
        else this.#start(body);
        return;
      case PASSWORD:
        this.#admit(body.toString("utf8", 0, body.length - 1) === this.script.password);
        return;
      case QUERY:
        this.#query(body.toString("utf8", 0, body.length - 1));
        return;
      case TERMINATE:
        this.socket.end();
        return;
      default:
        this.socket.end(errorMessage(["08P01", `message ${kind} is not of the simple protocol`]));
    }
  }

  #start(body: Buffer): void {
    this.#started = true;
    this.seen.startups.push(
      body
        .toString("utf8", 4)
        .split("\0")
        .filter((each) => each !== "")
        .join(" "),
    );
    if (this.script.refuse !== undefined) this.socket.end(errorMessage(this.script.refuse));
    else if (this.script.password === undefined) this.#admit(true);
    else this.socket.write(message("R", int(3, 4)));
  }

  #admit(known: boolean): void {
    if (known) this.socket.write(Buffer.concat([message("R", int(0, 4)), READY]));
    else this.socket.end(errorMessage(["28P01", `password authentication failed for user "ops"`]));
  }

  #query(text: string): void {
    this.seen.queries.push(text);
    const found = Object.entries(this.script.results).find(([word]) => text.includes(word))?.[1];
    if (found === undefined) this.socket.write(Buffer.concat([message("C", "OK"), READY]));
    else if ("error" in found) this.socket.write(Buffer.concat([errorMessage(found.error), READY]));
    else this.socket.write(Buffer.concat([rows(found.columns), READY]));
  }
}

export async function startPgTarget(script: Peer["script"]): Promise<PgTarget> {
  const queries: string[] = [];
  const startups: string[] = [];
  const target = await startTcpTarget((socket) => {
    new Peer(socket, script, { queries, startups }).listen();
  });
  return { ...target, queries, startups };
}
