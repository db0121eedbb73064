/** A loopback server that can be broken while it runs: it stops listening, hangs, dawdles, or answers as its answers say. */

import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { TocsinError } from "../errors.js";
import { errorCode } from "../lib/error-code.js";
import type { Fault } from "./fault.js";
import type { Answer, Asked } from "./kohakku.js";

export const LOOPBACK = "127.0.0.1";
/** How long a slow answer takes unless told, milliseconds: more than patience, less than a time-out. */
export const SLOW_MS = 2_000;

/** Listens on loopback, 0 for a free port. Throws `TocsinError` RUN-040 when the port is taken. */
export async function listen(server: Server, port: number, name: string): Promise<number> {
  try {
    server.listen(port, LOOPBACK);
    await once(server, "listening");
  } catch (error) {
    throw new TocsinError(
      "RUN-040",
      `${name}: port ${port} on ${LOOPBACK}: ${errorCode(error) ?? "cannot listen"}`,
    );
  }
  return (server.address() as AddressInfo).port;
}

/** Stops listening and ends every connection, answered or not. */
export async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

export class FaultServer {
  readonly #startedAt = Date.now();
  #server: Server;
  #port = 0;
  #fault: Fault | undefined;

  constructor(
    private readonly name: string,
    private readonly answer: (asked: Asked) => Answer,
    private readonly slowMs: number,
  ) {
    this.#server = createServer(this.#take);
  }

  get url(): string {
    return `http://${LOOPBACK}:${this.#port}`;
  }

  /** Begins in that state: one that refuses does not listen for a moment, unless a free port has to be found. */
  async start(port: number, fault: Fault | undefined): Promise<void> {
    this.#fault = fault;
    this.#port = port;
    if (fault === "refuse" && port !== 0) return;
    this.#port = await listen(this.#server, port, this.name);
    if (fault === "refuse") await close(this.#server);
  }

  /** Breaks it in that way, or mends it. What is under way is cut off, so that nothing of the old state lingers. */
  async apply(fault: Fault | undefined): Promise<void> {
    if (fault === this.#fault) return;
    if (fault === "refuse") {
      await close(this.#server);
    } else if (!this.#server.listening) {
      this.#server = createServer(this.#take);
      await listen(this.#server, this.#port, this.name);
    } else {
      this.#server.closeAllConnections();
    }
    this.#fault = fault;
  }

  async stop(): Promise<void> {
    await close(this.#server);
  }

  readonly #take: RequestListener = (request, response) => {
    if (this.#fault === "hang") return;
    if (this.#fault !== "slow") {
      this.#reply(request, response);
      return;
    }
    const timer = setTimeout(() => this.#reply(request, response), this.slowMs);
    response.once("close", () => clearTimeout(timer));
  };

  #reply(request: IncomingMessage, response: ServerResponse): void {
    const now = Date.now();
    const { status, headers, body } = this.answer({
      path: new URL(request.url ?? "/", this.url).pathname,
      host: request.headers.host ?? "",
      now,
      uptimeMs: now - this.#startedAt,
      fault: this.#fault,
    });
    response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body);
  }
}
