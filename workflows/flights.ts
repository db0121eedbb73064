/** Activities under way: what they bring back is taken in by the workflow's one loop, never in between. */

import { CancellationScope } from "@temporalio/workflow";

export interface Flights {
  /** Starts `run` unless one of this key is under way; `land` is called by the loop with what came back. */
  launch<T>(
    key: string,
    run: () => Promise<T>,
    land: (result: T) => void,
    crash: (error: unknown) => void,
  ): void;
  isAloft(key: string): boolean;
  count(): number;
  hasLanded(): boolean;
  /** Calls every `land` and `crash` that is waiting, in the order in which they came back. */
  take(): void;
  /** Calls back those whose key is chosen; each of them still crashes, with a cancellation, before it counts as over. */
  recall(chosen: (key: string) => boolean): void;
}

export function flights(): Flights {
  const aloft = new Map<string, CancellationScope>();
  let landed: (() => void)[] = [];

  return {
    launch(key, run, land, crash) {
      if (aloft.has(key)) return;
      const scope = new CancellationScope();
      aloft.set(key, scope);
      void scope.run(run).then(
        (result) => {
          landed.push(() => {
            aloft.delete(key);
            land(result);
          });
        },
        (error: unknown) => {
          landed.push(() => {
            aloft.delete(key);
            crash(error);
          });
        },
      );
    },
    isAloft: (key) => aloft.has(key),
    count: () => aloft.size,
    hasLanded: () => landed.length > 0,
    take() {
      const ready = landed;
      landed = [];
      for (const apply of ready) apply();
    },
    recall(chosen) {
      for (const [key, scope] of aloft) if (chosen(key)) scope.cancel();
    },
  };
}
