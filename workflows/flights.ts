/** Activities under way: what they bring back is taken in by the workflow's one loop, never in between. */

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
}

export function flights(): Flights {
  const aloft = new Set<string>();
  let landed: (() => void)[] = [];

  return {
    launch(key, run, land, crash) {
      if (aloft.has(key)) return;
      aloft.add(key);
      void run().then(
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
  };
}
