/** A target that answers 200, or refuses connections, on the same port. */

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface SwitchTarget {
  readonly url: string;
  refuse(): Promise<void>;
  answer(): Promise<void>;
  close(): Promise<void>;
}

export async function startSwitchTarget(): Promise<SwitchTarget> {
  let server: Server | undefined = await listen(0);
  const { port } = server.address() as AddressInfo;
  const refuse = async (): Promise<void> => {
    const open = server;
    if (open === undefined) return;
    server = undefined;
    open.closeAllConnections();
    const closed = once(open, "close");
    open.close();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${port}/ready/`,
    refuse,
    answer: async () => {
      server ??= await listen(port);
    },
    close: refuse,
  };
}

async function listen(port: number): Promise<Server> {
  const server = createServer((_request, response) => {
    response.writeHead(200).end("ok");
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}
