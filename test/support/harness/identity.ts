/** The worker and server that histories name; long as real names are, because every event repeats them. */

import { stableId } from "./payloads.js";

export const IDENTITY = "12345@worker-7c9f";
export const WORKER_VERSION = { buildId: `@temporalio/worker@1.24.0+${"0123456789abcdef".repeat(4)}` };
export const NAMESPACE = { namespace: "default", namespaceId: stableId("namespace") };
/** The queue that a worker keeps for the workflows in its cache. */
export const STICKY_QUEUE = `${IDENTITY}-${"0123456789abcdef".repeat(2)}`;
