/** The address that a job pings, and the line for its crontab. */

import type { CheckId } from "../domain/ids.js";
import type { Plan } from "../domain/plan.js";
import { TocsinError } from "../errors.js";
import { isLoopbackHost } from "../lib/loopback.js";
import { findCheck } from "../domain/plan-lookup.js";

export interface PingInstructions {
  readonly url: string;
  readonly curl: string;
  /** For a person. */
  readonly lines: readonly string[];
  readonly remark?: string;
}

const DEFAULT_BASE = "http://127.0.0.1:8470";
/** Ten tries over some minutes: a listener that is just started again loses no ping. */
const CURL = "curl -fsS -m 10 --retry 10 --retry-connrefused -o /dev/null";

export function pingInstructions(base: string | undefined, secret: string): PingInstructions {
  const url = `${(base ?? DEFAULT_BASE).replace(/\/+$/, "")}/ping/${secret}`;
  const curl = `${CURL} ${url}`;
  const lines = [
    url,
    "",
    "In a crontab, beginning and end told with the exit code:",
    "",
    `  0 3 * * *  ${CURL} ${url}/start; your-job; ${CURL} ${url}/$?`,
    "",
    `Or the end alone: your-job && ${curl}`,
  ];
  const reachable = URL.canParse(url) && !isLoopbackHost(new URL(url).hostname);
  return {
    url,
    curl,
    lines,
    ...(reachable ? {} : { remark: "this address is reachable from this machine only: --url names another" }),
  };
}

/** Throws CLI-006 for a name that the applied configuration does not have as a heartbeat; without one nothing is known. */
export function refuseOtherThanHeartbeat(plan: Plan | undefined, id: CheckId): void {
  if (plan === undefined) return;
  const check = findCheck(plan, id);
  if (check === undefined) throw new TocsinError("CLI-006", `revision ${plan.revision} has no check '${id}'`);
  if (check.type !== "heartbeat")
    throw new TocsinError("CLI-006", `${id} is a check of type ${check.type}: only a heartbeat takes pings`);
}
