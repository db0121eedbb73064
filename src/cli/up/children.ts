/** All children of one `up`: started, told of in the log, remembered for the next `up`, and stopped in order. */

import type { ChildEvent, ChildPlan } from "../../embedded/child-plan.js";
import type { ChildrenRecord } from "../../embedded/children-record.js";
import { Supervised } from "../../embedded/supervise.js";
import { TocsinError } from "../../errors.js";
import { errorText } from "../../lib/error-code.js";
import { isQuiet, type UpLog } from "./up-log.js";

/** Lines of a server that ended unasked which are shown. */
const LAST_LINES = 5;

interface Watched {
  readonly child: Supervised;
  readonly plan: ChildPlan;
  lastLines: readonly string[];
  starts: number;
}

export class Children {
  #stopping = false;
  readonly #watched = new Map<string, Watched>();

  constructor(
    private readonly record: ChildrenRecord,
    private readonly log: UpLog,
    /** Hears when a child has another process number. */
    private readonly changed: () => void,
  ) {}

  /** Throws RUN-016 once `stop` was called: what is being stopped starts nothing. */
  start(plan: ChildPlan): Supervised {
    if (this.#stopping)
      throw new TocsinError("RUN-016", `${plan.name} was not started: everything is being stopped`);
    const child = new Supervised(plan, (event) => this.#hear(plan.name, event));
    this.#watched.set(plan.name, { child, plan, lastLines: [], starts: 0 });
    child.start();
    return child;
  }

  /** Of a child that runs; undefined for one that does not, or was never started. */
  pid(name: string): number | undefined {
    return this.#watched.get(name)?.child.pid;
  }

  /** Stops one group after the other, the children of a group together; a name that was never started is passed over. */
  async stop(groups: readonly (readonly string[])[]): Promise<void> {
    this.#stopping = true;
    for (const group of groups) {
      const children = group.flatMap((name) => this.#watched.get(name)?.child ?? []);
      await Promise.all(children.map((child) => child.stop()));
    }
  }

  /** Ends all at once. */
  kill(): void {
    for (const { child } of this.#watched.values()) child.kill();
  }

  #hear(name: string, event: ChildEvent): void {
    const watched = this.#watched.get(name);
    if (watched === undefined) return;
    switch (event.kind) {
      case "started":
        watched.starts += 1;
        this.#remember(() => this.record.started(name, event.pid, watched.plan.stopSignal ?? "SIGTERM"));
        this.changed();
        break;
      case "ready":
        if (watched.starts > 1) this.log.note(`${name} runs again (process ${event.pid})`);
        break;
      case "line":
        watched.lastLines = [...watched.lastLines, event.line].slice(-LAST_LINES);
        this.log.child(name, event.line);
        break;
      case "ended":
        this.#ended(name, watched, event);
        break;
      case "stopped":
        this.#remember(() => this.record.ended(name));
        break;
    }
  }

  #ended(name: string, watched: Watched, { why, restartInMs }: Extract<ChildEvent, { kind: "ended" }>): void {
    // Who was killed from outside had nothing to say; what the others said has been shown, unless they talk to their file alone.
    const unheard = isQuiet(name) && why !== "SIGKILL" ? watched.lastLines : [];
    const words = unheard.map((line) => `\n  ${line}`).join("");
    this.log.note(`${name} ended (${why}), starting it again in ${restartInMs / 1000} s${words}`, "warn");
    watched.lastLines = [];
  }

  /** A full disk must not end what runs: without the record, a later `up` finds nothing to tidy. */
  #remember(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.log.note(errorText(error), "warn");
    }
  }
}
