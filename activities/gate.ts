/** Whether a message may go out now. Nothing suppresses yet, so every gate is clear; what will is asked here and nowhere else. */

import type { ControlActivities } from "../workflows/activity-contract.js";

export function gateActivity(): ControlActivities["gate"] {
  return () => Promise.resolve({ clear: true });
}
