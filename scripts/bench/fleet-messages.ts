/** What a benchmark and its fleet of targets say to each other. */

export interface FleetOptions {
  readonly targets: number;
  /** Every so manieth target accepts and never answers; 0: none. */
  readonly hangEvery: number;
}

/** `window` forgets what was counted; `report` asks for what was counted since, `due` questions to each target being expected. */
export type FleetQuestion = { readonly ask: "window" } | { readonly ask: "report"; readonly due: number };

export type FleetAnswer =
  | { readonly answer: "listening"; readonly ports: readonly number[] }
  | { readonly answer: "window" }
  | { readonly answer: "report"; readonly report: FleetReport };

export interface FleetReport {
  readonly windowSeconds: number;
  readonly hits: number;
  /** Questions that were due and came: of each target at most `due`. */
  readonly covered: number;
  /** Targets that were asked at least once since the window began. */
  readonly seen: number;
  /** Epoch milliseconds at which the last of all targets was asked for the first time since the window began; 0 until then. */
  readonly allSeenAt: number;
  /** The longest time between two questions to one target that answers, milliseconds, open ends of the window included. */
  readonly worstGapMs: number;
  /** Of the times between two questions to one target, milliseconds. */
  readonly medianGapMs: number;
  readonly gapP01Ms: number;
  readonly gapP99Ms: number;
}
