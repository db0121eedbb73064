/** What can be read off anything that was thrown: its code and its words. */

/** `ENOENT`, `ECONNREFUSED`, `57P01`; undefined when it has none. Looks at the shape: errors of another realm are no `instanceof Error`. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** The message of an error, or the thing itself as text. */
export function errorText(error: unknown): string {
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  return String(error);
}
