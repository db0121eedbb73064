/** Commands and their replies over one open connection to Redis, in order, and what its refusals mean. */

import type { Socket } from "node:net";

import { encodeCommand, ErrorReply, NotRedis, ReplyReader, type Reply } from "./resp.js";
import { oneLine, truncateBytes } from "./text.js";

/** A command was refused. `fault` is ours for credentials and for questions that make no sense to this server. */
export class RedisRefusal extends Error {
  constructor(
    message: string,
    readonly fault: "target" | "ours",
    /** The reply's first word: `NOAUTH`, `ERR`… */
    readonly word: string,
  ) {
    super(message);
  }
}

const MAX_SHOWN_BYTES = 200;
const CREDENTIALS =
  /^(WRONGPASS|NOPERM)|^ERR (invalid password|Client sent AUTH|AUTH <password> called|wrong number of arguments for 'auth')/i;
const MISPLACED = /^(MOVED|ASK|CROSSSLOT)/;
const SENSELESS =
  /^WRONGTYPE|^ERR (unknown (sub)?command|DB index|SELECT is not allowed|syntax error|invalid DB)/i;

function refusal(text: string): RedisRefusal {
  const [word = ""] = text.split(" ");
  const said = truncateBytes(oneLine(text), MAX_SHOWN_BYTES);
  const ours = (message: string): RedisRefusal => new RedisRefusal(message, "ours", word);
  if (word === "NOAUTH") return ours("asks for credentials, and none are configured");
  if (CREDENTIALS.test(text)) return ours(`refuses the configured credentials: ${said}`);
  if (MISPLACED.test(text)) return ours(`the key lies on another node of the cluster: ${said}`);
  if (SENSELESS.test(text)) return ours(`cannot be asked that: ${said}`);
  return new RedisRefusal(`answered with an error: ${said}`, "target", word);
}

interface Waiting {
  readonly resolve: (reply: Exclude<Reply, ErrorReply>) => void;
  readonly reject: (error: Error) => void;
}

/** The socket stays its caller's, who closes it. */
export class RedisSession {
  readonly #waiting: Waiting[] = [];
  readonly #reader = new ReplyReader();
  #broken: Error | undefined;

  constructor(readonly socket: Socket) {
    socket.on("data", (piece: Buffer) => this.#take(piece));
    socket.once("close", () => this.#break(new Error("closed")));
  }

  /** Rejects with {@link RedisRefusal}, {@link NotRedis}, or, when the connection ended, with an error of no meaning. */
  command(...words: readonly string[]): Promise<Exclude<Reply, ErrorReply>> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== undefined) {
        reject(this.#broken);
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.socket.write(encodeCommand(words));
    });
  }

  #take(piece: Buffer): void {
    if (this.#broken !== undefined) return;
    try {
      for (const reply of this.#reader.push(piece)) this.#settle(reply);
    } catch (error) {
      this.#break(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #settle(reply: Reply): void {
    const next = this.#waiting.shift();
    if (next === undefined) throw new NotRedis("an answer to nothing");
    if (reply instanceof ErrorReply) next.reject(refusal(reply.text));
    else next.resolve(reply);
  }

  #break(error: Error): void {
    this.#broken ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#broken);
  }
}

/** A reply that must be a whole number. */
export function numberReply(reply: Reply): number {
  if (typeof reply === "number") return reply;
  throw new NotRedis("no number where one should be");
}

/** A reply that must be a text. */
export function textReply(reply: Reply | undefined): string {
  if (typeof reply === "string") return reply;
  throw new NotRedis("no text where one should be");
}

/** A reply that must be a list. */
export function listReply(reply: Reply | undefined): readonly Reply[] {
  if (Array.isArray(reply)) return reply as readonly Reply[];
  throw new NotRedis("no list where one should be");
}

/** `[name, value, name, value…]` by name. */
export function mapReply(reply: Reply | undefined): ReadonlyMap<string, Reply> {
  const list = listReply(reply);
  const pairs = new Map<string, Reply>();
  for (let index = 0; index + 1 < list.length; index += 2)
    pairs.set(textReply(list[index]), list[index + 1] ?? null);
  return pairs;
}
