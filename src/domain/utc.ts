/** Instants as people read them: always UTC, to the second, and in one form wherever Tocsin writes a sentence. Pure. */

/** `2026-01-31 09:05:00 UTC`. */
export function utc(at: number): string {
  return `${new Date(at).toISOString().replace("T", " ").slice(0, 19)} UTC`;
}

/** `09:05:00 UTC` where `near` falls on the same day, else {@link utc}. */
export function utcNear(at: number, near: number): string {
  const text = utc(at);
  return text.slice(0, 10) === utc(near).slice(0, 10) ? text.slice(11) : text;
}
