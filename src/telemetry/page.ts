/** One page of metrics as a scraper reads it. */

export interface Page {
  readonly type: string;
  readonly text: string;
}

/** Answers anew for every scrape, within a few seconds. */
export type Pages = Readonly<Record<`/metrics${string}`, () => Promise<Page>>>;
