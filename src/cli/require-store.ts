/** The store, for commands that cannot do without. */

import { TocsinError } from "../errors.js";
import type { Store } from "../store/store.js";
import type { Installation } from "./installation.js";

/** Rejects with CLI-007 where none is configured, with TMP-003 where the `up` that has one is stopped. */
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
