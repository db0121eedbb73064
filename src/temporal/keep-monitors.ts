/** Every monitor of the current configuration runs, whatever was done to its workflow: looked at for as long as a worker lives. */

import { setTimeout as pass } from "node:timers/promises";

import type { Client } from "@temporalio/client";

import type { Prefix } from "../../workflows/names.js";
import type { Plan } from "../domain/plan.js";
import { errorText } from "../lib/error-code.js";
import { startMissingMonitors } from "./sync.js";

export interface KeptMonitors {
  readonly client: Client;
  readonly prefix: Prefix;
  readonly attributes: boolean;
  /** As the store has it: a copy on this machine may be older than what was applied elsewhere. Rejects while the store is away. */
  readonly storedPlan: () => Promise<Plan | undefined>;
  readonly log: { warn(line: string): void };
}

const LOOK_EVERY_MS = 15_000;

/** Looks at once and then every 15 s until `stop`. Never rejects: what cannot be looked at now is looked at the next time. */
export async function keepMonitors(
  kept: KeptMonitors,
  stop: AbortSignal,
  everyMs = LOOK_EVERY_MS,
): Promise<void> {
  let trouble: string | undefined;
  while (!stop.aborted) {
    const now = await look(kept);
    // One line a spell of trouble, not one a look.
    if (now !== undefined && trouble === undefined) kept.log.warn(now);
    trouble = now;
    await pass(everyMs, undefined, { signal: stop }).catch(() => undefined);
  }
}

async function look({
  client,
  prefix,
  attributes,
  storedPlan,
  log,
}: KeptMonitors): Promise<string | undefined> {
  try {
    const plan = await storedPlan();
    const started = plan === undefined ? [] : await startMissingMonitors(client, prefix, plan, attributes);
    for (const id of started)
      log.warn(`${id} did not run any more: it was terminated, cancelled or lost. Started again.`);
    return undefined;
  } catch (error) {
    return `whether every monitor runs cannot be seen now: ${errorText(error)}`;
  }
}
