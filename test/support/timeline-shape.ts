/** What a time line is made of. */

/** What a reading says; `absent`: no reading arrives at all. */
export type LineVerdict = "good" | "bad" | "degraded" | "unknown" | "absent";

/** Times in milliseconds since the line began. */
export interface LineReading {
  readonly atMs: number;
  readonly verdict: LineVerdict;
}

/** Something that happens, expected or seen: `firing`, `told pager`, `acknowledge eve`. */
export interface Happening {
  readonly atMs: number;
  readonly what: string;
}

export interface Timeline {
  /** As it was written. */
  readonly text: string;
  readonly everyMs: number;
  readonly endMs: number;
  readonly readings: readonly LineReading[];
  /** What the test does, in order: `at 2:10 acknowledge eve`. */
  readonly acts: readonly Happening[];
  /** `for: 1m` is `{ for: 60000 }`. */
  readonly settings: Readonly<Record<string, number>>;
}

/** An expected happening and the seen one that fulfils it; one side is missing where they differ. */
export interface Pair {
  readonly expected?: Happening;
  readonly seen?: Happening;
}
