/** Asks the store without letting its absence end a command: whoever asks says what then is shown instead. */

import { TocsinError } from "../errors.js";
import type { Store } from "../store/store.js";
import type { Installation } from "./installation.js";
import { isMissingStore } from "./missing-store.js";

export type FromStore<T> =
  | { readonly there: true; readonly value: T }
  /** In a person's words. */
  | { readonly there: false; readonly why: string };

/** Not configured, away, or not yet set up: `there` is false. Whatever else goes wrong is thrown. */
export async function fromStore<T>(
  installation: Installation,
  ask: (store: Store) => Promise<T>,
): Promise<FromStore<T>> {
  const store = await installation.store();
  if (store === undefined) return { there: false, why: "no store is configured" };
  try {
    return { there: true, value: await ask(store) };
  } catch (error) {
    if (isMissingStore(error)) return { there: false, why: error.message };
    throw error;
  }
}

/** For commands that cannot do without. Rejects with CLI-007 where none is configured, with STO-… where it is away. */
export async function requireStore(installation: Installation): Promise<Store> {
  const store = await installation.store();
  if (store !== undefined) return store;
  const { stopped } = installation.context;
  if (stopped !== undefined) throw new TocsinError("TMP-003", stopped);
  throw new TocsinError(
    "CLI-007",
    `no database is named, and none by an \`up\` in ${installation.context.dir}`,
  );
}
