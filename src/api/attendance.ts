/** Writes down every few seconds that this receiver is there, in the store that keeps the pings: a silence of ours is no silence of a job. */

import { randomUUID } from "node:crypto";

import { errorText } from "../lib/error-code.js";
import type { Store } from "../store/store.js";

/** A third of what the store takes for one stretch. */
const EVERY_MS = 5_000;

/** Begins at once; the answer ends it. */
export function keepAttendance(store: Pick<Store, "noteReceiver">, log: (line: string) => void): () => void {
  const receiver = randomUUID();
  let absent = false;
  const note = async (): Promise<void> => {
    try {
      await store.noteReceiver(receiver);
      if (absent) log("that this receiver is there is written down again");
      absent = false;
    } catch (error) {
      if (!absent)
        log(`that this receiver is there cannot be written down, so no heartbeat ages: ${errorText(error)}`);
      absent = true;
    }
  };
  void note();
  const timer = setInterval(() => void note(), EVERY_MS);
  return () => {
    clearInterval(timer);
  };
}
