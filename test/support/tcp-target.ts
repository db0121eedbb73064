/** A small real TCP or TLS server for tests: does what it is told with each connection and knows how many are open. */

import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

export interface TcpTarget {
  readonly port: number;
  readonly accepted: () => number;
  /** Resolves once no connection is open. */
  readonly drained: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Listens on a free port of 127.0.0.1; `tls` makes it a TLS server. */
export async function startTcpTarget(serve: (socket: Socket) => void, tls?: TlsOptions): Promise<TcpTarget> {
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  let accepted = 0;
  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  server.on("connection", (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => {
      sockets.delete(socket);
      if (sockets.size === 0) for (const wake of waiting.splice(0)) wake();
    });
  });
  // The peers here look at a certificate and leave, or refuse it.
  server.on("tlsClientError", () => undefined);
  server.on("secureConnection", (socket: Socket) => socket.on("error", () => undefined));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    accepted: () => accepted,
    drained: () => (sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A port of 127.0.0.1 on which nobody listens. */
export async function closedPort(): Promise<number> {
  const { port, close } = await startTcpTarget(() => undefined);
  await close();
  return port;
}
