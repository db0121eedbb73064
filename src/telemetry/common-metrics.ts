/** Metrics of every process of Tocsin. */

import type { Definitions } from "./metric.js";

export const COMMON_METRICS = {
  build: {
    kind: "gauge",
    name: "tocsin_build_info",
    help: "Always 1; which Tocsin runs here, on which Node.js.",
    labels: { version: "one value in a process", node: "one value in a process" },
  },
  storeUp: {
    kind: "gauge",
    name: "tocsin_store_up",
    help: "1 while the store answers this process, else 0; nothing on the way of a page waits for it.",
    labels: {},
  },
} as const satisfies Definitions;
