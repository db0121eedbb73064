/** What the suite of notifiers must be told about one of them. */

import type { IncomingMessage } from "node:http";

import type { Notifier } from "../../src/notifiers/notifier.js";

export interface NotifierSubject<Spec, Rendered> {
  readonly notifier: Notifier<Spec, Rendered>;
  /** Its own keys, as YAML would give them; `url` is where a receiver listens, `secrets` the references it may use. */
  readonly keys: (url: string) => Readonly<Record<string, unknown>>;
  /** The text that leaves the machine (or reaches the terminal) for a rendered message. */
  readonly wireText: (rendered: Rendered) => string;
  /** Whether it speaks HTTP: only then do status codes and lost connections mean anything. */
  readonly http: boolean;
  readonly provider?: ProviderRules;
}

/** Where its receiver differs from one of webhooks. */
export interface ProviderRules {
  /** What the real one would refuse a delivery for. */
  readonly problemOf: (request: IncomingMessage, body: string) => string | undefined;
  /** The body of an answer that accepts. */
  readonly accepting?: string;
  /** The statuses that accept; every 2xx unless told. */
  readonly accepted?: readonly number[];
  /** What of a body is the same over attempts; all of it unless told. */
  readonly same?: (body: string) => unknown;
}
