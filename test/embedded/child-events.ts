/** Hears what a supervised child does, and lets a test wait for it. */

import type { ChildEvent } from "../../src/embedded/child-plan.js";

export class ChildEvents {
  readonly seen: ChildEvent[] = [];
  #waiting: (() => void)[] = [];

  readonly take = (event: ChildEvent): void => {
    this.seen.push(event);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  };

  of<Kind extends ChildEvent["kind"]>(kind: Kind): readonly Extract<ChildEvent, { kind: Kind }>[] {
    return this.seen.filter((event): event is Extract<ChildEvent, { kind: Kind }> => event.kind === kind);
  }

  /** Resolves once `count` events of a kind were seen since the beginning. */
  async until(kind: ChildEvent["kind"], count: number): Promise<void> {
    while (this.of(kind).length < count) await new Promise<void>((wake) => this.#waiting.push(wake));
  }
}
