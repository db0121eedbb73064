/** What PostgreSQL cannot hold, made holdable: zero characters, halves of surrogate pairs, numbers that are none. */

const MAX_SUBJECT = 512;
const REPLACEMENT = "\uFFFD";

/** Text as a column takes it; the characters that no column takes become U+FFFD. */
export function storableText(text: string): string {
  return text.replaceAll("\0", REPLACEMENT).toWellFormed();
}

/** A subject as it is indexed: at most 512 characters, far beyond what an alert id keeps of it. */
export function storableSubject(subject: string): string {
  return storableText(subject).slice(0, MAX_SUBJECT).toWellFormed();
}

function storableValue(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map(storableValue);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(
    ([name, each]) => [storableText(name), storableValue(each)] as const,
  );
  return Object.fromEntries(entries);
}

/** JSON text for a `jsonb` column. */
export function storableJson(value: object): string {
  return JSON.stringify(storableValue(value));
}

/** Numbers only: what is not finite is left out, and nothing at all becomes null. */
export function storableFields(fields: Readonly<Record<string, number>> | undefined): string | null {
  const finite = Object.entries(fields ?? {}).filter(([, value]) => Number.isFinite(value));
  return finite.length === 0 ? null : storableJson(Object.fromEntries(finite));
}
