/** What makes two posted alerts one, when who posts does not say. */

/** Short enough to stand whole, percent-encoded, in an alert's id when it is plain text. */
export const MAX_FINGERPRINT = 128;
const ENDING = 8;

/** The title itself, because it will be read at night; a long one is cut and told apart by what its whole hashes to. */
export function defaultFingerprint(title: string, hash: (text: string) => string): string {
  if (title.length <= MAX_FINGERPRINT) return title;
  return `${title.slice(0, MAX_FINGERPRINT - ENDING - 1).toWellFormed()}~${hash(title).slice(0, ENDING)}`;
}
