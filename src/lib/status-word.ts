/** The words with which systems say how they are, and what they mean. */

export type State = "good" | "degraded" | "bad" | "unknown";

const WORDS: Readonly<Record<Exclude<State, "unknown">, readonly string[]>> = {
  good: [
    ..."ok okay pass passed healthy up ready running connected online available active serving success succeeded".split(
      " ",
    ),
    ..."operational alive normal true yes green unlocked synced syncing writing verified enabled idle".split(
      " ",
    ),
  ],
  degraded:
    "warn warning degraded pending partial starting limited slow yellow unstable recovering maintenance".split(
      " ",
    ),
  bad: [
    ..."fail failed failure failing error errored unavailable unhealthy down critical danger dead not_ready not_ok".split(
      " ",
    ),
    ..."disconnected offline stopped unreachable timeout timed_out crashed exited out_of_service not_serving false no red".split(
      " ",
    ),
  ],
};

const STATE_OF = new Map<string, State>(
  Object.entries(WORDS).flatMap(([state, words]) => words.map((word) => [word, state as State])),
);

/** What a word means, whatever its case and separators; `unknown` for one that is not in the list. */
export function stateOfWord(word: string): State {
  return (
    STATE_OF.get(
      word
        .trim()
        .toLowerCase()
        .replace(/[\s-]+/g, "_"),
    ) ?? "unknown"
  );
}

const RANK: Readonly<Record<State, number>> = { good: 0, unknown: 1, degraded: 2, bad: 3 };

/** The worse of two; `unknown` is worse than good and better than trouble that is certain. */
export function worse(a: State, b: State): State {
  return RANK[a] >= RANK[b] ? a : b;
}
