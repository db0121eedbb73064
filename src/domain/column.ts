/** One field of many records, as short JSON: equal neighbours are counted, and `null` stands where a record lacks the field. */

/** `runs`: value and count in turn; `each`: one value after the other, where that is shorter. */
export type Column =
  { readonly runs: readonly (number | null)[] } | { readonly each: readonly (number | null)[] };

export function packColumn(values: readonly (number | null)[]): Column {
  const runs: (number | null)[] = [];
  for (let index = 0; index < values.length;) {
    const value = values[index] ?? null;
    let end = index + 1;
    while (end < values.length && values[end] === value) end += 1;
    runs.push(value, end - index);
    index = end;
  }
  return runs.length < values.length ? { runs } : { each: values };
}

export function unpackColumn(column: Column): readonly (number | null)[] {
  if ("each" in column) return column.each;
  const values: (number | null)[] = [];
  for (let index = 0; index < column.runs.length; index += 2) {
    const count = column.runs[index + 1] ?? 0;
    for (let left = count; left > 0; left -= 1) values.push(column.runs[index] ?? null);
  }
  return values;
}

/** Every number as its distance from the one before it: what happened together differs little. */
export function distances(values: readonly (number | null)[]): readonly (number | null)[] {
  let before = 0;
  return values.map((value) => {
    if (value === null) return null;
    const distance = value - before;
    before = value;
    return distance;
  });
}

export function fromDistances(values: readonly (number | null)[]): readonly (number | null)[] {
  let before = 0;
  return values.map((value) => {
    if (value === null) return null;
    before += value;
    return before;
  });
}
