/** Cuts a stream of bytes into PostgreSQL's messages and hands on only those that are whole and well formed. */

import { checkMessage, isKnownKind, NotPostgres } from "./postgres-messages.js";

/** Kind and length; the length counts itself. */
const KIND_BYTES = 1;
const LENGTH_BYTES = 4;
const HEAD_BYTES = KIND_BYTES + LENGTH_BYTES;
/** More than any answer of a query that is fetched a hundred rows at a time should have in one row. */
const MAX_LENGTH = 4 * 1024 * 1024;

export class PostgresFrames {
  #bytes: Buffer = Buffer.alloc(0);

  /** The messages that this piece completes. Throws {@link NotPostgres}. */
  take(piece: Buffer): Buffer {
    const bytes = this.#bytes.length === 0 ? piece : Buffer.concat([this.#bytes, piece]);
    let end = 0;
    for (let next = messageEnd(bytes, end); next !== undefined; next = messageEnd(bytes, end)) {
      checkMessage(kindAt(bytes, end), bytes.subarray(end + HEAD_BYTES, next));
      end = next;
    }
    this.#bytes = bytes.subarray(end);
    return bytes.subarray(0, end);
  }
}

function kindAt(bytes: Buffer, at: number): string {
  return String.fromCharCode(bytes[at] ?? 0);
}

/** Where the message that begins here ends; undefined while it is not whole. */
function messageEnd(bytes: Buffer, at: number): number | undefined {
  if (at < bytes.length && !isKnownKind(kindAt(bytes, at)))
    throw new NotPostgres("an unknown kind of message");
  if (bytes.length < at + HEAD_BYTES) return undefined;
  const length = bytes.readInt32BE(at + KIND_BYTES);
  if (length < LENGTH_BYTES || length > MAX_LENGTH) throw new NotPostgres("a message of impossible length");
  const end = at + KIND_BYTES + length;
  return bytes.length < end ? undefined : end;
}
