/** Makes sense of what a signal or update carried: anything may come, also nothing at all, and unknown fields are ignored. */

const MAX_TEXTS = 500;

export type CommandInput = Readonly<Record<string, unknown>>;

/** One object, whatever came: `undefined`, a string or a list become an empty one. */
export function commandObject(input: unknown): CommandInput {
  return typeof input === "object" && input !== null && !Array.isArray(input) ? (input as CommandInput) : {};
}

/** Text of a field; numbers are written out; anything else, and empty text, is absent. Cut to `length` code points. */
export function textField(input: CommandInput, name: string, length = 500): string | undefined {
  const value = input[name];
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || text.trim() === "") return undefined;
  return Array.from(text.trim()).slice(0, length).join("");
}

/** A number, also one written as text: buttons and forms send texts. */
export function numberField(input: CommandInput, name: string): number | undefined {
  const value = input[name];
  const number = typeof value === "string" && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** A duration as text or milliseconds, as it came; also what is none, because a default would not be what was meant. */
export function durationField(input: CommandInput, name: string): string | number | undefined {
  const value = input[name];
  if (typeof value === "number") return numberField(input, name);
  if (typeof value === "object" || typeof value === "boolean") return jsonText(value);
  return textField(input, name, 50);
}

/** A list of texts; one text is a list of one. Empty texts are left out, and what is beyond {@link MAX_TEXTS}. */
export function textsField(input: CommandInput, name: string): readonly string[] | undefined {
  const value = input[name];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = list
    .flatMap((each) => (typeof each === "string" ? [each.trim()] : []))
    .filter((text) => text !== "")
    .slice(0, MAX_TEXTS);
  return texts.length === 0 ? undefined : texts;
}

/** Leaves out the fields that are absent, so that they do not overwrite defaults. */
export function present<T extends Readonly<Record<string, unknown>>>(
  fields: T,
): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { readonly [K in keyof T]?: Exclude<T[K], undefined> };
}

function jsonText(value: object | boolean | null): string | undefined {
  return value === null ? undefined : JSON.stringify(value).slice(0, 50);
}
