/**
 * Whether a message of a PostgreSQL server is whole and well formed. The client that reads them trusts its server: a text without its
 * end or a message of impossible length keeps it reading forever, and with it the whole process.
 */

/** The peer does not follow the protocol. */
export class NotPostgres extends Error {}

const COLUMN_BYTES = 18;
const SASL = 10;
const SALT_BYTES = 4;

/** Reads a body from its start to its end; everything throws {@link NotPostgres} beyond that. */
class Body {
  #at = 0;

  constructor(readonly bytes: Buffer) {}

  get atEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  skip(count: number): void {
    if (count < 0 || this.#at + count > this.bytes.length)
      throw new NotPostgres("a message that is too short");
    this.#at += count;
  }

  int16(): number {
    this.skip(2);
    return this.bytes.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.skip(4);
    return this.bytes.readInt32BE(this.#at - 4);
  }

  /** Whether the text that ends with a zero here is empty. */
  text(): boolean {
    const end = this.bytes.indexOf(0, this.#at);
    if (end < 0) throw new NotPostgres("a text without its end");
    const empty = end === this.#at;
    this.#at = end + 1;
    return empty;
  }

  times(count: number, one: () => void): void {
    if (count < 0) throw new NotPostgres("a negative count");
    for (let index = 0; index < count; index += 1) one();
  }
}

function authentication(body: Body): void {
  const kind = body.int32();
  if (kind === SASL) while (!body.text());
  else if (kind === 5) body.skip(SALT_BYTES);
  else if (kind === 11 || kind === 12) body.skip(body.bytes.length - 4);
}

/** Letters and texts, a zero at the end. */
function report(body: Body): void {
  for (;;) {
    if (body.text()) return;
  }
}

function value(body: Body): void {
  const length = body.int32();
  if (length !== -1) body.skip(length);
}

/** What a server may send to somebody who only asks simple queries, by the message's letter. */
const KINDS: Readonly<Record<string, (body: Body) => void>> = {
  R: authentication,
  K: (body) => body.skip(8),
  S: (body) => body.times(2, () => void body.text()),
  Z: (body) => body.skip(1),
  T: (body) =>
    body.times(body.int16(), () => {
      body.text();
      body.skip(COLUMN_BYTES);
    }),
  D: (body) => body.times(body.int16(), () => value(body)),
  C: (body) => void body.text(),
  I: () => undefined,
  E: report,
  N: report,
};

export function isKnownKind(kind: string): boolean {
  return Object.hasOwn(KINDS, kind);
}

/** Throws {@link NotPostgres} unless the bytes are exactly one body of this kind. */
export function checkMessage(kind: string, bytes: Buffer): void {
  const body = new Body(bytes);
  KINDS[kind]?.(body);
  if (!body.atEnd) throw new NotPostgres("a message that is too long");
}
