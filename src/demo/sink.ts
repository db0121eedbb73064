/** The demo's own receiver of pages: takes webhooks, checks their signatures, and shows what arrived. */

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";

import { webhookProblem } from "../lib/standard-webhooks.js";
import { oneLine, truncateBytes } from "../lib/text.js";
import type { Faults } from "./fault.js";

const MAX_BODY_BYTES = 64 * 1024;
const KEPT = 200;
const REFRESH_S = "2";

/** One message, however often it was sent. */
interface Page {
  readonly id: string;
  /** When it first arrived, RFC 3339. */
  readonly at: string;
  readonly type: string;
  /** The notifier that sent it, by the form of Tocsin's keys: `<incident>/<notifier>/<n>`. */
  readonly notifier: string;
  readonly subject: string;
  readonly severity: string;
  readonly summary: string;
  /** Deliveries with this id, the first one included. */
  readonly times: number;
}

export interface SinkOptions {
  /** Signing keys; with none, signatures are not looked at. */
  readonly keys: readonly Buffer[];
  /** Told of every new message, and of every delivery that was refused. */
  readonly note: (line: string) => void;
  /** What is broken now, for `GET /state`. */
  readonly faults: () => Faults;
}

interface Refusal {
  readonly status: number;
  readonly reason: string;
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

function field(value: unknown, ...path: readonly (string | number)[]): string {
  let at = value;
  for (const key of path) {
    at = typeof at === "object" && at !== null ? (at as Readonly<Record<string, unknown>>)[key] : undefined;
  }
  return typeof at === "string" ? truncateBytes(oneLine(at), 300) : "";
}

function pageOf(event: unknown, at: string): Page | undefined {
  const [id, type] = [field(event, "id"), field(event, "type")];
  if (id === "" || type === "" || field(event, "specversion") !== "1.0") return undefined;
  return {
    id,
    at,
    type,
    notifier: id.split("/").at(-2) ?? "",
    subject: field(event, "subject"),
    severity: field(event, "data", "severity"),
    summary: field(event, "data", "alerts", 0, "summary"),
    times: 1,
  };
}

function parseEvent(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function line({ at, type, notifier, severity, subject, summary }: Page): string {
  const kind = type.slice(type.lastIndexOf(".") + 1);
  return `${at.slice(11, 19)}  ${kind.padEnd(12)} ${severity.padEnd(8)}  to ${notifier}: ${subject}  ${summary}`.trimEnd();
}

function listing(pages: readonly Page[]): string {
  if (pages.length === 0) return "No page has arrived yet. Break something: tocsin demo break controller\n";
  const lines = pages.map(
    (page) => `${line(page)}${page.times > 1 ? `  (delivered ${page.times} times)` : ""}`,
  );
  return `${pages.length} arrived, newest last (times in UTC)\n\n${lines.join("\n")}\n`;
}

/** A server with `POST /hook` (takes a delivery), `GET /hook` (lists what arrived, as text or JSON) and `GET /state` (what is broken). */
export function createSink(options: SinkOptions): Server {
  const pages = new Map<string, Page>();

  function keep(body: string): Refusal | undefined {
    const page = pageOf(parseEvent(body), new Date().toISOString());
    if (page === undefined) return { status: 400, reason: "not a CloudEvents 1.0 event" };
    const known = pages.get(page.id);
    pages.set(page.id, known === undefined ? page : { ...known, times: known.times + 1 });
    if (known === undefined) options.note(line(page));
    const oldest = pages.keys().next();
    if (pages.size > KEPT && oldest.done !== true) pages.delete(oldest.value);
    return undefined;
  }

  async function take(request: IncomingMessage): Promise<Refusal | undefined> {
    const body = await readBody(request);
    if (body === undefined) return { status: 413, reason: "larger than 64 KiB" };
    const headers = request.headers as Readonly<Record<string, string | undefined>>;
    const problem =
      options.keys.length === 0 ? undefined : webhookProblem(headers, body, options.keys, Date.now() / 1000);
    return problem === undefined ? keep(body) : { status: 401, reason: problem };
  }

  async function post(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = await take(request);
    if (refusal === undefined) return void response.writeHead(202).end();
    options.note(`refused a delivery: ${refusal.reason}`);
    response.writeHead(refusal.status, { "content-type": "text/plain" }).end(`${refusal.reason}\n`);
  }

  function show(request: IncomingMessage, response: ServerResponse): void {
    const arrived = [...pages.values()];
    if (request.headers.accept?.includes("application/json") === true) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(arrived));
    } else {
      const headers = { "content-type": "text/plain; charset=utf-8", refresh: REFRESH_S };
      response.writeHead(200, headers).end(listing(arrived));
    }
  }

  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    switch (`${request.method ?? ""} ${pathname}`) {
      case "POST /hook":
        post(request, response).catch(() => response.destroy());
        break;
      case "GET /hook":
        show(request, response);
        break;
      case "GET /state":
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(options.faults()));
        break;
      default:
        response.writeHead(404, { "content-type": "text/plain" }).end("see /hook\n");
    }
  });
}
