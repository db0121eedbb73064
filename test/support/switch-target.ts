/** A target that can be broken and mended while it is watched: refuses, hangs, or answers with a status, always on the same port. */

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface SwitchTarget {
  readonly url: string;
  /** Nothing listens any more: connections are refused. */
  refuse(): Promise<void>;
  /** Connections are accepted and never answered. */
  hang(): Promise<void>;
  /** Answers with this status; 200 to begin with. */
  answer(status: number): Promise<void>;
  close(): Promise<void>;
}

export async function startSwitchTarget(): Promise<SwitchTarget> {
  let status: number | "hang" = 200;
  const sockets = new Set<Socket>();
  const server: Server = createServer((_request, response) => {
    if (status === "hang") return;
    const ok = status === 200;
    response.writeHead(status, { "content-type": "application/json", connection: "close" });
    response.end(JSON.stringify({ status: ok ? "ok" : "error", checks: { database: ok ? "ok" : "error" } }));
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  async function listen(): Promise<void> {
    if (server.listening) return;
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  }

  async function refuse(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, "close");
  }

  return {
    url: `http://127.0.0.1:${port}/ready/`,
    refuse,
    hang: async () => {
      status = "hang";
      await listen();
    },
    answer: async (next) => {
      status = next;
      await listen();
    },
    close: refuse,
  };
}
