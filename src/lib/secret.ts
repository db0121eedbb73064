/** Secrets: references in configuration, values that print as stars, and the one place that resolves them. */

import { inspect } from "node:util";

const STARS = "****";

/** A secret's value. Every way of printing it gives stars; `reveal` is the only way out. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return STARS;
  }

  toJSON(): string {
    return STARS;
  }

  [inspect.custom](): string {
    return STARS;
  }
}

/** Resolves `env:NAME` and `file:PATH`. Rejects with `TocsinError` CFG-… when the variable is unset or the file cannot be read. */
export type SecretResolver = (ref: string) => Promise<Secret>;
