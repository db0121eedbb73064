/** A small real HTTP server for tests: answers what it is told to, remembers what it was asked, knows how many sockets are open. */

import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";

export interface HttpTarget {
  readonly port: number;
  readonly url: string;
  readonly requests: readonly IncomingMessage[];
  /** Connections accepted so far. */
  readonly accepted: () => number;
  readonly open: () => number;
  /** Resolves once no connection is open. */
  readonly drained: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | object;
}

function listenerOf(answer: Answer | RequestListener): RequestListener {
  if (typeof answer === "function") return answer;
  const { status = 200, headers = {}, body = "" } = answer;
  const isText = typeof body === "string" || Buffer.isBuffer(body);
  return (_request, response) => {
    response.writeHead(status, { ...(isText ? {} : { "content-type": "application/json" }), ...headers });
    response.end(isText ? body : JSON.stringify(body));
  };
}

/** Listens on a free port of 127.0.0.1; `tls` makes it an https server. */
export async function startHttpTarget(
  answer: Answer | RequestListener,
  tls?: ServerOptions,
): Promise<HttpTarget> {
  const requests: IncomingMessage[] = [];
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  let accepted = 0;
  const respond = listenerOf(answer);
  const listener: RequestListener = (request, response) => {
    requests.push(request);
    respond(request, response);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.on("connection", (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => {
      sockets.delete(socket);
      if (sockets.size === 0) for (const wake of waiting.splice(0)) wake();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}/`,
    requests,
    accepted: () => accepted,
    open: () => sockets.size,
    drained: () => (sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
