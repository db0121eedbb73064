/** Keeps secrets out of what is shown: addresses without their credentials, texts without the values that were resolved for a probe. */

const STARS = "****";
const SECRET_NAME = /key|token|secret|sig|pass|pwd|auth|code|session|cookie|cred/i;
/** A query value this long may be a secret whatever its name. */
const LONG_VALUE = 16;
/** Shorter values are no secrets, and starring them would eat the text around. */
const MIN_SECRET_LENGTH = 4;

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

  /** The text with stars for every value remembered. */
  scrub(text: string): string {
    if (this.#values.size === 0) return text;
    return [...this.#values]
      .sort((a, b) => b.length - a.length)
      .reduce((scrubbed, value) => scrubbed.replaceAll(value, STARS), text);
  }
}
