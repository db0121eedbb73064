/** The demo as a process: two services that can be broken, a receiver of pages, and a watch on the file that says what is broken. */

import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";

import { writeStateFile } from "../embedded/state-file.js";
import { errorText } from "../lib/error-code.js";
import { addressFile } from "./control.js";
import { DEMO_SERVICES, FAULTS, readFaults, sameFaults } from "./fault.js";
import type { DemoService, Faults } from "./fault.js";
import { close, FaultServer, listen, LOOPBACK, SLOW_MS } from "./fault-server.js";
import { controllerAnswer, dispatcherAnswer } from "./kohakku.js";
import { createSink } from "./sink.js";

/** How often the state file is looked at, milliseconds. */
const POLL_MS = 100;

export interface DemoOptions {
  /** 0 takes a free one; so with the other two. */
  readonly controllerPort: number;
  readonly dispatcherPort: number;
  readonly sinkPort: number;
  /** What is broken, over restarts; its folder is made. */
  readonly stateFile: string;
  /** Keys with which deliveries must be signed; none: any delivery is taken. */
  readonly keys: readonly Buffer[];
  /** How long a slow answer takes, milliseconds. */
  readonly slowMs?: number;
  /** One line for a person: a page that arrived, a service that broke. */
  readonly note: (line: string) => void;
}

export interface Demo {
  readonly controllerUrl: string;
  readonly dispatcherUrl: string;
  /** Without the path: `/hook` takes and lists pages. */
  readonly sinkUrl: string;
  close(): Promise<void>;
}

type Services = Readonly<Record<DemoService, FaultServer>>;

/** Keeps the services as the state file wants them, until it is stopped. */
class Watch {
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #trouble = "";
  #round: Promise<void> = Promise.resolve();

  /** `applied`: the state in which the services were started. */
  constructor(
    private readonly services: Services,
    private applied: Faults,
    private readonly options: Pick<DemoOptions, "stateFile" | "note">,
  ) {}

  get faults(): Faults {
    return this.applied;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#round = this.#look().then(() => this.#again());
    }, POLL_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #again(): void {
    if (!this.#stopped) this.start();
  }

  /** A file that cannot be read or a port that is taken is told once and tried again. */
  async #look(): Promise<void> {
    try {
      const wanted = readFaults(this.options.stateFile);
      if (!sameFaults(wanted, this.applied)) await this.#apply(wanted);
      this.#trouble = "";
    } catch (error) {
      const trouble = errorText(error);
      if (trouble !== this.#trouble) this.options.note(trouble);
      this.#trouble = trouble;
    }
  }

  async #apply(wanted: Faults): Promise<void> {
    for (const service of DEMO_SERVICES) {
      const fault = wanted[service];
      await this.services[service].apply(fault);
      if (fault !== this.applied[service]) {
        this.options.note(`${service} ${fault === undefined ? "works again" : FAULTS[fault]}`);
      }
    }
    this.applied = wanted;
  }
}

/**
 * Starts the demo on loopback. Throws `TocsinError` RUN-040 when a port is taken, RUN-012 to RUN-014 when the state cannot be kept.
 * What the state file says is broken is broken from the first moment.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { stateFile, note, keys, slowMs = SLOW_MS } = options;
  const controller = new FaultServer("controller", controllerAnswer, slowMs);
  const dispatcher = new FaultServer("dispatcher", dispatcherAnswer, slowMs);
  const faults = readFaults(stateFile);
  const watch = new Watch({ controller, dispatcher }, faults, options);
  const sink = createSink({ keys, note, faults: () => watch.faults });

  async function stop(): Promise<void> {
    await watch.stop();
    await Promise.all([controller.stop(), dispatcher.stop(), close(sink)]);
  }

  try {
    mkdirSync(dirname(stateFile), { recursive: true });
    await controller.start(options.controllerPort, faults.controller);
    await dispatcher.start(options.dispatcherPort, faults.dispatcher);
    const sinkUrl = `http://${LOOPBACK}:${await listen(sink, options.sinkPort, "pages")}`;
    watch.start();
    const addresses = { controller: controller.url, dispatcher: dispatcher.url, sink: sinkUrl };
    writeStateFile(addressFile(stateFile), `${JSON.stringify(addresses)}\n`);
    return {
      controllerUrl: controller.url,
      dispatcherUrl: dispatcher.url,
      sinkUrl,
      async close() {
        await stop();
        rmSync(addressFile(stateFile), { force: true });
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
