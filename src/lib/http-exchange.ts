/** One HTTP request and its answer on one line: what undici reports turned into a single result, at the time limit at the latest. */

import type { X509Certificate } from "node:crypto";
import { setMaxListeners } from "node:events";

import type { Dispatcher } from "undici";

import { startTrace, type ConnectionTrace } from "./connection.js";
import { interruptFault, type Progress } from "./exchange-fault.js";
import { httpFault } from "./http-fault.js";
import { bareHost, newLine, takeLine, type Line } from "./http-lines.js";
import {
  DEFAULT_MAX_BODY_BYTES,
  type HttpPhases,
  type HttpRequest,
  type HttpResult,
} from "./http-message.js";
import type { NetworkFault } from "./network-fault.js";
import { phasesOf } from "./phases.js";

/** One exchange in flight; settles once, then lets go of everything. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #trace: ConnectionTrace = startTrace();
  readonly #chunks: Buffer[] = [];
  readonly #line: Line;
  readonly #timer: NodeJS.Timeout;
  readonly #stop = (): void => this.#interrupt(true);
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  #bytes = 0;
  #sentAt: number | undefined;
  #firstByteMs: number | undefined;
  #settled = false;

  constructor(
    readonly request: HttpRequest,
    reuse: boolean,
    readonly settle: (result: HttpResult, line: Line) => void,
  ) {
    this.#line = (reuse ? takeLine(request, this.#trace) : undefined) ?? newLine(request, this.#trace);
    this.#timer = setTimeout(() => this.#interrupt(false), request.timeoutMs);
    if (request.signal === undefined) return;
    // One signal may end all probes of a sweep.
    setMaxListeners(0, request.signal);
    request.signal.addEventListener("abort", this.#stop);
  }

  start(): void {
    const { url, method, headers, body, keepAlive, signal } = this.request;
    if (signal?.aborted === true) {
      this.#stop();
      return;
    }
    this.#line.client.dispatch(
      {
        path: url.pathname + url.search,
        method,
        headers,
        body: body ?? null,
        reset: keepAlive !== true,
      },
      this,
    );
  }

  onRequestStart(): void {
    this.#sentAt = performance.now();
  }

  onResponseStart(_: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    if (status < 200) return;
    this.#firstByteMs = performance.now() - (this.#sentAt ?? this.#trace.startedAt);
    this.#status = status;
    this.#headers = flat(headers);
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    const room = (this.request.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES) - this.#bytes;
    this.#bytes += chunk.length;
    this.#chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    if (chunk.length > room) this.#answer(true);
  }

  onResponseEnd(): void {
    this.#answer(false);
  }

  onResponseError(_: unknown, error: Error): void {
    if (!this.#settled) this.#fail(httpFault(error, this.#progress()));
  }

  #interrupt(aborted: boolean): void {
    this.#fail(interruptFault(aborted, this.#progress(), this.request.timeoutMs));
  }

  #progress(): Progress {
    const { url, now } = this.request;
    const waiting = this.#status === 0 ? "first_byte" : "body";
    return {
      phase: this.#sentAt === undefined ? this.#trace.phase : waiting,
      host: bareHost(url),
      trace: this.#trace,
      bytes: this.#bytes,
      nowMs: now?.() ?? Date.now(),
    };
  }

  #phases(): HttpPhases {
    const first = this.#firstByteMs;
    const { total, ...steps } = phasesOf(this.#trace);
    return { ...steps, ...(first === undefined ? {} : { firstByte: first }), total };
  }

  #answer(truncated: boolean): void {
    const declared = Number(this.#headers["content-length"]);
    const [first = Buffer.alloc(0), ...more] = this.#chunks;
    this.#end({
      ok: true,
      status: this.#status,
      headers: this.#headers,
      body: more.length === 0 ? first : Buffer.concat(this.#chunks),
      sizeBytes: truncated && declared > this.#bytes ? declared : this.#bytes,
      truncated,
      phases: this.#phases(),
      ...this.#peer(),
    });
  }

  #fail(fault: NetworkFault): void {
    const { phase } = this.#progress();
    const sent = this.#sentAt !== undefined;
    this.#end({ ok: false, phase, ...fault, sent, phases: this.#phases(), ...this.#peer() });
  }

  #peer(): { readonly peerCertificate?: X509Certificate; readonly remoteAddress?: string } {
    const { certificate } = this.#trace;
    const remoteAddress = this.#trace.attempts.at(-1);
    return {
      ...(certificate === undefined ? {} : { peerCertificate: certificate }),
      ...(remoteAddress === undefined ? {} : { remoteAddress }),
    };
  }

  #end(result: HttpResult): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.request.signal?.removeEventListener("abort", this.#stop);
    this.settle(result, this.#line);
  }
}

/** Header values as one string each, set-cookie included. */
function flat(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> {
  const flattened: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flattened[name] = typeof value === "string" ? value : value.join(", ");
  }
  return flattened;
}
