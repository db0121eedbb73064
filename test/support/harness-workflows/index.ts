/** Small workflows that the harness is tested with: between them they use everything that Tocsin's own use of Temporal. */

export { poller, drifting } from "./poller.js";
export { doorbell, counter } from "./messages.js";
export { caller, impatient } from "./callers.js";
export { patching, notifying, racing, pondering, leaking, throwing } from "./odds.js";
