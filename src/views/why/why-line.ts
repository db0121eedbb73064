/** What an explanation is made of: sentences, some with a time. */

export interface WhyLine {
  /** 0: a heading; 1: a sentence; 2: what belongs to the sentence before. */
  readonly depth: 0 | 1 | 2;
  readonly text: string;
  /** When it happened, epoch milliseconds. */
  readonly at?: number;
  readonly tone?: "bad" | "warn" | "good";
}

export function heading(text: string): WhyLine {
  return { depth: 0, text };
}

export function fact(text: string, tone?: WhyLine["tone"]): WhyLine {
  return { depth: 1, text, ...(tone === undefined ? {} : { tone }) };
}

export function event(at: number, text: string, tone?: WhyLine["tone"]): WhyLine {
  return { depth: 1, at, text, ...(tone === undefined ? {} : { tone }) };
}

export function detail(text: string): WhyLine {
  return { depth: 2, text };
}

/** `1 bad reading`, `3 bad readings`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
