/** Sorted keys as short JSON: each says how much of the one before it begins with, and the rest of itself. */

export interface SortedKeys {
  /** Characters shared with the key before. */
  readonly shared: readonly number[];
  readonly rest: readonly string[];
}

export function packKeys(keys: readonly string[]): SortedKeys {
  const shared = keys.map((key, index) => {
    const before = keys[index - 1] ?? "";
    let same = 0;
    while (same < key.length && key[same] === before[same]) same += 1;
    return same;
  });
  return { shared, rest: keys.map((key, index) => key.slice(shared[index])) };
}

export function unpackKeys({ shared, rest }: SortedKeys): readonly string[] {
  let before = "";
  return rest.map((text, index) => {
    before = before.slice(0, shared[index]) + text;
    return before;
  });
}
