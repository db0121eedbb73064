/** Keeps secrets out of what is shown: addresses without their credentials, texts without the values that were resolved for a probe. */

const STARS = "****";
const SECRET_NAME = /key|token|secret|sig|pass|pwd|auth|code|session|cookie|cred/i;
/** A query value this long may be a secret whatever its name. */
const LONG_VALUE = 16;
/** Shorter values are no secrets, and starring them would eat the text around. */
const MIN_SECRET_LENGTH = 4;
/** No answer that a rule reads is nested deeper. */
const MAX_DEPTH = 100;
/** How a text that was shortened ends. */
const CUT = "…";

/** Whether what is called so is likely to be a secret: `x-api-key`, `access_token`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** A URL fit to be shown: no user, no password, no fragment, no query values that are or may be secrets. Unparsable text becomes stars. */
export function redactUrl(text: string): string {
  if (!URL.canParse(text)) return STARS;
  const url = new URL(text);
  url.username = "";
  url.password = "";
  url.hash = "";
  const query = [...url.searchParams].map(([name, value]) => {
    const shown = isSecretName(name) || value.length >= LONG_VALUE ? STARS : encodeURIComponent(value);
    return `${encodeURIComponent(name)}=${shown}`;
  });
  url.search = "";
  return url.href + (query.length === 0 ? "" : `?${query.join("&")}`);
}

/** As much of the beginning of a value as the text ends with; undefined when that is too little to tell. */
function beginningAtEnd(text: string, value: string): string | undefined {
  for (let length = value.length - 1; length >= MIN_SECRET_LENGTH; length -= 1) {
    if (text.endsWith(value.slice(0, length))) return value.slice(0, length);
  }
  return undefined;
}

/** The secrets one probe or one delivery has resolved, so that an answer that repeats them does not spread them. */
export class Revealed {
  readonly #values = new Set<string>();

  /** Remembers a value with the forms in which it may come back. */
  add(value: string): void {
    const trimmed = value.trim();
    if (trimmed.length < MIN_SECRET_LENGTH) return;
    for (const form of [value, trimmed, JSON.stringify(trimmed).slice(1, -1), encodeURIComponent(trimmed)]) {
      this.#values.add(form);
    }
  }

  /** Plain data with stars for every value remembered, in whatever text of it; names of keys stay. What is nested absurdly deep is starred whole. */
  scrubAll<T>(value: T): T {
    return this.#values.size === 0 ? value : (this.#scrubbed(value, 0) as T);
  }

  #scrubbed(value: unknown, depth: number): unknown {
    if (typeof value === "string") return this.scrub(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth === MAX_DEPTH) return STARS;
    if (Array.isArray(value)) return value.map((each) => this.#scrubbed(each, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, this.#scrubbed(each, depth + 1)]),
    );
  }

  /** The text with stars for every value remembered, also for the beginning of one at which the text was cut. */
  scrub(text: string): string {
    if (this.#values.size === 0) return text;
    const longestFirst = [...this.#values].sort((a, b) => b.length - a.length);
    const whole = longestFirst.reduce((scrubbed, value) => scrubbed.replaceAll(value, STARS), text);
    if (!whole.endsWith(CUT)) return whole;
    const kept = whole.slice(0, -CUT.length);
    const beginning = longestFirst.flatMap((value) => beginningAtEnd(kept, value) ?? []).at(0);
    return beginning === undefined ? whole : kept.slice(0, -beginning.length) + STARS + CUT;
  }
}
