/** Heartbeats on their own clock, so that one slow target never looks like a dead worker. */

import { heartbeat } from "@temporalio/activity";

const EVERY_MS = 1_000;

/** Runs `work` while telling the server every second that this worker lives. */
export async function beating<T>(work: () => Promise<T>): Promise<T> {
  heartbeat();
  const timer = setInterval(() => {
    heartbeat();
  }, EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
