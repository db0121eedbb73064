/** Loops of activities and timers. */

import {
  condition,
  defineQuery,
  defineSignal,
  proxyActivities,
  setHandler,
  sleep,
} from "@temporalio/workflow";

interface Activities {
  probe(input: { readonly n: number }): Promise<string>;
}
const { probe } = proxyActivities<Activities>({ startToCloseTimeout: 10_000, summary: "probe it" });

/** Probes, waits 30 s, until it has probed `limit` times or hears `stop`. */
export async function poller(input: { readonly limit: number }): Promise<readonly string[]> {
  const state = { stopped: false, seen: [] as string[] };
  setHandler(defineSignal("stop"), () => {
    state.stopped = true;
  });
  setHandler(defineQuery<number>("count"), () => state.seen.length);
  for (let n = 0; n < input.limit && !state.stopped; n++) {
    state.seen.push(await probe({ n }));
    await condition(() => state.stopped, 30_000);
  }
  return state.seen;
}

/** Two timers due at the same instant and one of another length; returns the order in which they were heard. */
export async function drifting(): Promise<readonly string[]> {
  const heard: string[] = [];
  const wait = async (name: string, ms: number): Promise<void> => {
    await sleep(ms, { summary: name });
    heard.push(`${name} at ${new Date().toISOString().slice(14, 19)}`);
  };
  await Promise.all([wait("b", 2_000), wait("c", 2_000), wait("a", 1_000)]);
  return heard;
}
