/** Makes sense of what a signal or update carried: anything may come, also nothing at all, and unknown fields are ignored. */

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

export function numberField(input: CommandInput, name: string): number | undefined {
  const value = input[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A duration as text or milliseconds, as it came. */
export function durationField(input: CommandInput, name: string): string | number | undefined {
  return numberField(input, name) ?? textField(input, name, 50);
}

/** A list of texts; one text is a list of one. */
export function textsField(input: CommandInput, name: string): readonly string[] | undefined {
  const value = input[name];
  if (typeof value === "string") return [value];
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((each): each is string => typeof each === "string");
  return texts.length === 0 ? undefined : texts;
}

/** Leaves out the fields that are absent, so that they do not overwrite defaults. */
export function present<T extends Readonly<Record<string, unknown>>>(
  fields: T,
): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { readonly [K in keyof T]?: Exclude<T[K], undefined> };
}
