/** The word somebody probably meant: for diagnostics, never for decisions. */

/** Edit distance that counts a swap of neighbours as one; `limit + 1` as soon as it is known to be larger than `limit`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: readonly number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, at(before, j - 2) + 1);
      current.push(cost);
    }
    if (Math.min(...current) > limit) return limit + 1;
    before = previous;
    previous = current;
  }
  return at(previous, b.length);
}

/**
 * The candidate nearest to `word`, when one is near enough to be a slip of the fingers: a third of its letters at most, case and
 * the difference of `-` and `_` not counted; else the first that merely goes on (`latency` for `latency_ms`).
 */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(word);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, plain(candidate), bestDistance - 1);
    if (distance < bestDistance && distance < plain(candidate).length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  if (best !== undefined || wanted.length < 3) return best;
  return [...candidates].find((candidate) => plain(candidate).startsWith(wanted));
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll("-", "_");
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
