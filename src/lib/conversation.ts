/** One conversation with a target over one connection: opened, held, and closed at the time limit at the latest. */

import { setMaxListeners } from "node:events";
import type { Socket } from "node:net";

import { openConnection, startTrace, type ConnectionOptions, type ConnectionTrace } from "./connection.js";
import { exchangeFault, interruptFault, type Progress } from "./exchange-fault.js";
import type { NetworkFault } from "./network-fault.js";

/** When a conversation must be over, and by which clock certificates are judged. */
export interface Limit {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly clock: { now(): number };
}

/** `trace` says how far it came. */
export type Conversed<T> =
  | { readonly ok: true; readonly value: T; readonly trace: ConnectionTrace }
  | { readonly ok: false; readonly fault: NetworkFault; readonly trace: ConnectionTrace };

class Conversation<T> {
  readonly #trace = startTrace();
  readonly #timer: NodeJS.Timeout;
  readonly #stop = (): void => this.#interrupt(true);
  #talking = false;
  #socket: Socket | undefined;
  #settled = false;

  constructor(
    readonly options: ConnectionOptions,
    readonly limit: Limit,
    readonly talk: (socket: Socket, trace: ConnectionTrace) => Promise<T>,
    readonly settle: (result: Conversed<T>) => void,
    readonly giveUp: (error: unknown) => void,
  ) {
    this.#timer = setTimeout(() => this.#interrupt(false), limit.timeoutMs);
    // One signal may end all probes of a sweep.
    setMaxListeners(0, limit.signal);
    limit.signal.addEventListener("abort", this.#stop);
  }

  start(): void {
    if (this.limit.signal.aborted) {
      this.#stop();
      return;
    }
    this.#socket = openConnection(this.options, this.#trace, (error, socket) => {
      if (error !== null) this.#fail(exchangeFault(error, this.#progress()));
      else if (socket !== null) void this.#hold(socket);
    });
  }

  async #hold(socket: Socket): Promise<void> {
    this.#socket = socket;
    this.#talking = true;
    let gone: Error | undefined;
    socket.once("close", () => (gone = this.#trace.error ?? new Error("closed")));
    try {
      const value = await this.talk(socket, this.#trace);
      this.#end(() => this.settle({ ok: true, value, trace: this.#trace }));
    } catch (error) {
      const broken = gone ?? this.#trace.error;
      if (broken === undefined) this.#end(() => this.giveUp(error));
      else this.#fail(exchangeFault(broken, this.#progress()));
    }
  }

  #progress(): Progress {
    return {
      phase: this.#talking ? "first_byte" : this.#trace.phase,
      host: this.options.host,
      trace: this.#trace,
      bytes: this.#socket?.bytesRead ?? 0,
      nowMs: this.limit.clock.now(),
    };
  }

  #interrupt(aborted: boolean): void {
    this.#fail(interruptFault(aborted, this.#progress(), this.limit.timeoutMs));
  }

  #fail(fault: NetworkFault): void {
    this.#end(() => this.settle({ ok: false, fault, trace: this.#trace }));
  }

  #end(tell: () => void): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.limit.signal.removeEventListener("abort", this.#stop);
    this.#socket?.destroy();
    tell();
  }
}

/**
 * Connects and lets `talk` have the socket, which is destroyed when it is done or the limit is reached. Rejects with what `talk`
 * rejects with while the connection stands; when it does not, that is the target's doing and a result like any other.
 */
export function converse<T>(
  options: ConnectionOptions,
  limit: Limit,
  talk: (socket: Socket, trace: ConnectionTrace) => Promise<T>,
): Promise<Conversed<T>> {
  return new Promise((resolve, reject) => {
    new Conversation(options, limit, talk, resolve, reject).start();
  });
}
