/**
 * Redis' protocol as a client of version 2 sees it: commands to bytes, bytes to replies. Strict, and bounded in size and depth: the
 * peer may be anything, and whatever it sends ends as a reply or as an {@link NotRedis}.
 */

/** An error that the server reports as a reply. */
export class ErrorReply {
  constructor(readonly text: string) {}
}

export type Reply = string | number | null | ErrorReply | readonly Reply[];

/** The peer does not follow the protocol. */
export class NotRedis extends Error {}

const MAX_REPLY_BYTES = 32 * 1024 * 1024;
const MAX_DEPTH = 8;
const MAX_ITEMS = 1_000_000;

/** A command as an array of bulk strings. */
export function encodeCommand(words: readonly string[]): string {
  const items = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${items.join("")}`;
}

interface Read {
  readonly reply: Reply;
  /** Where the next one starts. */
  readonly end: number;
}

/** Collects bytes and gives the replies that are whole. */
export class ReplyReader {
  #bytes: Buffer = Buffer.alloc(0);

  /** The replies that this piece completes. Throws {@link NotRedis}. */
  push(piece: Buffer): readonly Reply[] {
    this.#bytes = this.#bytes.length === 0 ? piece : Buffer.concat([this.#bytes, piece]);
    const replies: Reply[] = [];
    let at = 0;
    for (let read = this.#read(at, 0); read !== undefined; read = this.#read(at, 0)) {
      replies.push(read.reply);
      at = read.end;
    }
    this.#bytes = this.#bytes.subarray(at);
    if (this.#bytes.length > MAX_REPLY_BYTES) throw new NotRedis("an answer without end");
    return replies;
  }

  #read(at: number, depth: number): Read | undefined {
    if (at >= this.#bytes.length) return undefined;
    const kind = String.fromCharCode(this.#bytes[at] ?? 0);
    if (!"+-:$*".includes(kind) || depth > MAX_DEPTH) throw new NotRedis("an unknown kind of answer");
    const lineEnd = this.#bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const line = this.#bytes.toString("utf8", at + 1, lineEnd);
    const next = lineEnd + 2;
    switch (kind) {
      case "+":
        return { reply: line, end: next };
      case "-":
        return { reply: new ErrorReply(line), end: next };
      case ":":
        return { reply: integer(line), end: next };
      case "$":
        return this.#bulk(integer(line), next);
      default:
        return this.#items(integer(line), next, depth);
    }
  }

  #bulk(length: number, at: number): Read | undefined {
    if (length < 0) return { reply: null, end: at };
    if (length > MAX_REPLY_BYTES) throw new NotRedis("an answer without end");
    const end = at + length;
    if (this.#bytes.length < end + 2) return undefined;
    return { reply: this.#bytes.toString("utf8", at, end), end: end + 2 };
  }

  #items(length: number, at: number, depth: number): Read | undefined {
    if (length < 0) return { reply: null, end: at };
    if (length > MAX_ITEMS) throw new NotRedis("an answer without end");
    const items: Reply[] = [];
    let end = at;
    for (let index = 0; index < length; index += 1) {
      const read = this.#read(end, depth + 1);
      if (read === undefined) return undefined;
      items.push(read.reply);
      end = read.end;
    }
    return { reply: items, end };
  }
}

function integer(text: string): number {
  if (!/^-?\d{1,20}$/.test(text)) throw new NotRedis("a number that is none");
  return Number(text);
}
