/** Patches, signals to other workflows, races at the end, and faults. */

import {
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  log,
  patched,
  setHandler,
  sleep,
  uuid4,
} from "@temporalio/workflow";

/** Takes the new way where it may. */
export async function patching(): Promise<string> {
  await sleep(1_000);
  const way = patched("new-way") ? "new" : "old";
  await sleep(1_000);
  log.info("went", { way });
  return `${way} ${uuid4()} ${String(Math.random())}`;
}

/** Signals another workflow; says whether it was there. */
export async function notifying(target: string): Promise<string> {
  try {
    await getExternalWorkflowHandle(target).signal("add", 5);
    return "told";
  } catch (error) {
    return `not told: ${(error as Error).message}`;
  }
}

/** Collects `note` signals for ten seconds and ends with all of them, in order. */
export async function racing(): Promise<readonly string[]> {
  const notes: string[] = [];
  setHandler(defineSignal<[string]>("note"), (note) => void notes.push(note));
  await sleep(10_000, { summary: "the end" });
  await condition(() => notes.length > 0, 5_000);
  return notes;
}

/** Ends on `end`, but thinks for about half a second of real time before it does; ends with what it heard until then. */
export async function pondering(): Promise<readonly string[]> {
  const state = { ended: false, notes: [] as string[], thoughts: 0 };
  setHandler(defineSignal<[string]>("note"), (note) => void state.notes.push(note));
  setHandler(defineSignal("end"), () => {
    state.ended = true;
  });
  await condition(() => state.ended);
  // The clock stands still during a task, so only work passes time.
  for (let n = 0; n < 60_000_000; n++) state.thoughts += n % 7;
  return state.notes;
}

/** Keeps state outside itself, where another execution and a replay find it: what workflow code must never do. */
export async function leaking(): Promise<void> {
  const shared = URL.prototype as unknown as { executions?: number };
  shared.executions = (shared.executions ?? 0) + 1;
  await sleep(1_000 * shared.executions);
}

/** Has a bug. */
export async function throwing(): Promise<void> {
  await sleep(1_000);
  throw new TypeError("nobody expected this");
}
