/** What the suite of notifiers must be told about one of them. */

import type { Notifier } from "../../src/notifiers/notifier.js";

export interface NotifierSubject<Spec, Rendered> {
  readonly notifier: Notifier<Spec, Rendered>;
  /** Its own keys, as YAML would give them; `url` is where a receiver listens, `secrets` the references it may use. */
  readonly keys: (url: string) => Readonly<Record<string, unknown>>;
  /** The text that leaves the machine (or reaches the terminal) for a rendered message. */
  readonly wireText: (rendered: Rendered) => string;
  /** Whether it speaks HTTP: only then do status codes and lost connections mean anything. */
  readonly http: boolean;
}
