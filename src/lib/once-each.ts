/** Tells what comes for the first time from what comes again, for as many keys as it remembers. */

/** True at the first time for a key; of `most` keys, those first seen longest ago are forgotten. */
export function onceEach(most: number): (key: string) => boolean {
  const seen = new Set<string>();
  return (key) => {
    if (seen.has(key)) return false;
    seen.add(key);
    for (const oldest of seen) {
      if (seen.size <= most) break;
      seen.delete(oldest);
    }
    return true;
  };
}
