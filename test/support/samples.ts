/** Samples of a page in Prometheus' text format, by name and labels as they stand there. */

export type Samples = Readonly<Record<string, number>>;

export function samplesOf(page: string): Samples {
  const lines = page.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

/** Those whose name begins so. */
export function named(samples: Samples, start: string): Samples {
  return Object.fromEntries(Object.entries(samples).filter(([key]) => key.startsWith(start)));
}
