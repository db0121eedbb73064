/** An open connection in the shape that the PostgreSQL client wants to open itself; what a strange peer makes that client throw ends here. */

import type { Socket } from "node:net";
import { Duplex } from "node:stream";

import { PostgresFrames } from "./postgres-frames.js";
import { NotPostgres } from "./postgres-messages.js";

export class PostgresStream extends Duplex {
  constructor(readonly socket: Socket) {
    super();
    const frames = new PostgresFrames();
    socket.on("data", (piece: Buffer) => {
      try {
        const whole = frames.take(piece);
        if (whole.length > 0) this.push(whole);
      } catch (error) {
        this.destroy(error instanceof Error ? error : new NotPostgres(String(error)));
      }
    });
    socket.once("end", () => this.push(null));
    socket.once("close", () => this.destroy());
  }

  /** It is connected already. */
  connect(): this {
    process.nextTick(() => this.emit("connect"));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  /** The client reads what comes inside this event, and throws from there on what it cannot read: nobody else would catch that. */
  override emit(event: string | symbol, ...values: readonly unknown[]): boolean {
    if (event !== "data") return super.emit(event, ...values);
    try {
      return super.emit(event, ...values);
    } catch (error) {
      this.destroy(new NotPostgres(error instanceof Error ? error.message : String(error)));
      return true;
    }
  }

  override _read(): void {
    // Pieces are handed on as they come: answers are small, and bounded by the cursor they are fetched with.
  }

  override _write(piece: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(piece, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }
}

/** `SSLRequest`, to which the server answers with one letter. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

function noTls(reason: string): Error {
  return Object.assign(new Error(reason), { code: "NO_TLS", reason });
}

/** Asks the server to go on in TLS; rejects when it would not. */
export function requestTls(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("data", (answer: Buffer) => {
      // Whatever follows the letter in the clear is somebody's who wants to be believed.
      if (answer.length === 1 && answer[0] === "S".charCodeAt(0)) resolve();
      else if (answer[0] === "N".charCodeAt(0)) reject(noTls("the server offers none"));
      else reject(noTls("the server answered something that is not PostgreSQL"));
    });
    socket.write(SSL_REQUEST);
  });
}
