/** Asks the store without letting its absence end a command: whoever asks says what then is shown instead. */

import type { Store } from "../store/store.js";
import type { Sources } from "./sources.js";
import { isMissingStore } from "./missing-store.js";

export type FromStore<T> =
  | { readonly there: true; readonly value: T }
  /** In a person's words. */
  | { readonly there: false; readonly why: string };

/** Not configured, away, or not yet set up: `there` is false. Whatever else goes wrong is thrown. */
export async function fromStore<T>(
  sources: Sources,
  ask: (store: Store) => Promise<T>,
): Promise<FromStore<T>> {
  const store = await sources.store();
  if (store === undefined) return { there: false, why: "no store is configured" };
  try {
    return { there: true, value: await ask(store) };
  } catch (error) {
    if (isMissingStore(error)) return { there: false, why: error.message };
    throw error;
  }
}
