/**
 * A strict receiver of webhooks: a real server that believes nothing, records what arrived and when, and fails the way it is told.
 * Also a sink for end-to-end tests: `told` is what an idempotent receiver acted upon.
 */

import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { header, parseEvent, problemOf } from "./delivery-rules.js";
import type { ReceivedEvent } from "./delivery-rules.js";

/**
 * How a delivery is answered: by a status (202 unless told), never (`hang`), by closing the connection without acting (`close`), or by
 * acting and then closing it (`drop`): the sender cannot tell the last two apart.
 */
export type AnswerMode =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | "hang"
  | "close"
  | "drop";

interface Received {
  /** When the body was complete, epoch milliseconds. */
  readonly at: number;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: ReceivedEvent | undefined;
  /** The receiver acts on it: valid, and answered 2xx or dropped after acting. */
  readonly accepted: boolean;
  /** What is wrong with it; such a delivery is answered 400. */
  readonly problem: string | undefined;
}

export interface Receiver {
  /** Where to post. */
  readonly url: string;
  /** Everything that arrived, in order. */
  readonly received: readonly Received[];
  /** What was acted upon: accepted, each `webhook-id` once. */
  told(): readonly Received[];
  /** The first delivery, already here or still to come, that the predicate holds for; rejects with a list of what came instead. */
  waitFor(predicate: (delivery: Received) => boolean, timeoutMs: number): Promise<Received>;
  /** From now on answers like this; with `times`, so often, then as before. */
  answer(mode: AnswerMode, times?: number): void;
  close(): Promise<void>;
}

export interface ReceiverOptions {
  /** `whsec_…`; without it signatures are not looked at. */
  readonly secret?: string;
  /** A fixed port; a free one unless told. */
  readonly port?: number;
  /** What is wrong with a delivery; the rules of webhooks unless told. */
  readonly problemOf?: (request: IncomingMessage, body: string) => string | undefined;
  /** What it says with 200 when it accepts; nothing, with 202, unless told. */
  readonly accepting?: string;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function reply(response: ServerResponse, mode: AnswerMode, problem: string | undefined): void {
  if (problem !== undefined) {
    response.writeHead(400, { "content-type": "text/plain" }).end(problem);
  } else if (mode === "close" || mode === "drop") {
    response.destroy();
  } else if (mode !== "hang") {
    response.writeHead(mode.status, mode.headers).end(mode.body ?? "");
  }
}

function acts(mode: AnswerMode): boolean {
  return typeof mode === "object" ? mode.status >= 200 && mode.status < 300 : mode === "drop";
}

interface Waiter {
  readonly offer: (delivery: Received) => void;
}

class Inbox {
  readonly received: Received[] = [];
  readonly #waiters = new Set<Waiter>();

  add(delivery: Received): void {
    this.received.push(delivery);
    for (const waiter of this.#waiters) waiter.offer(delivery);
  }

  waitFor(predicate: (delivery: Received) => boolean, timeoutMs: number): Promise<Received> {
    const here = this.received.find(predicate);
    if (here !== undefined) return Promise.resolve(here);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        const seen = this.received.map(
          ({ id, event, problem }) => `${id} ${String(event?.type)} ${problem ?? ""}`,
        );
        reject(
          new Error(`no such delivery within ${timeoutMs} ms; arrived: ${seen.join("; ") || "nothing"}`),
        );
      }, timeoutMs);
      const waiter: Waiter = {
        offer: (delivery) => {
          if (!predicate(delivery)) return;
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(delivery);
        },
      };
      this.#waiters.add(waiter);
    });
  }
}

function firstOfEach(deliveries: readonly Received[]): readonly Received[] {
  const accepted = deliveries.filter((each) => each.accepted);
  return accepted.filter((each, index) => accepted.findIndex(({ id }) => id === each.id) === index);
}

/** Starts a receiver on loopback. */
export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const { secret, port = 0, accepting } = options;
  const inbox = new Inbox();
  let usual: AnswerMode = accepting === undefined ? { status: 202 } : { status: 200, body: accepting };
  let scripted: AnswerMode[] = [];

  const webhookProblem = (request: IncomingMessage, body: string): string | undefined =>
    problemOf(request, body, secret);

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const problem = (options.problemOf ?? webhookProblem)(request, body);
    const mode = scripted.shift() ?? usual;
    inbox.add({
      at: Date.now(),
      id: header(request.headers, "webhook-id"),
      headers: request.headers,
      body,
      event: parseEvent(body),
      accepted: problem === undefined && acts(mode),
      problem,
    });
    reply(response, mode, problem);
  }

  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received: inbox.received,
    told: () => firstOfEach(inbox.received),
    waitFor: (predicate, timeoutMs) => inbox.waitFor(predicate, timeoutMs),
    answer(mode, times) {
      if (times === undefined) usual = mode;
      else scripted = Array.from({ length: times }, () => mode);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
