/** Where pages go in a benchmark: takes every webhook and notes when. */

import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Told {
  /** When the body was complete, epoch milliseconds. */
  readonly at: number;
  /** `firing`, `resolved`, … */
  readonly kind: string;
  /** `<system>/<service>` */
  readonly service: string;
  /** The first bad reading of its first alert, epoch milliseconds. */
  readonly since: number;
}

export interface Sink {
  readonly url: string;
  readonly told: readonly Told[];
  /** Resolves once so many of a kind have come. */
  waitFor(kind: string, count: number, timeoutMs: number): Promise<readonly Told[]>;
  close(): Promise<void>;
}

export async function startSink(): Promise<Sink> {
  const told: Told[] = [];
  const news = new EventEmitter();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      told.push(toldOf(Buffer.concat(chunks).toString(), Date.now()));
      response.writeHead(202).end();
      news.emit("told");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    told,
    waitFor: async (kind, count, timeoutMs) => {
      const signal = AbortSignal.timeout(timeoutMs);
      for (;;) {
        const found = told.filter((each) => each.kind === kind);
        if (found.length >= count) return found;
        await once(news, "told", { signal });
      }
    },
    close: async () => {
      server.closeAllConnections();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

function toldOf(body: string, at: number): Told {
  const { type, subject, data } = JSON.parse(body) as {
    readonly type: string;
    readonly subject: string;
    readonly data: { readonly alerts: readonly { readonly since: string }[] };
  };
  const kind = type.slice(type.lastIndexOf(".") + 1);
  return { at, kind, service: subject, since: Date.parse(data.alerts[0]?.since ?? "") };
}
