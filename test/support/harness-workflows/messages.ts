/** Signals, updates, queries, search attributes, current details and continue-as-new. */

import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertMemo,
  upsertSearchAttributes,
} from "@temporalio/workflow";
import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";

const stateKey = defineSearchAttributeKey("TocsinState", SearchAttributeType.KEYWORD);

interface Ack {
  readonly by?: string;
}

/** Rings until it is acknowledged; pages again every minute; can be answered by signal and by update. */
export async function doorbell(): Promise<string> {
  const state = { by: undefined as string | undefined, rings: 0 };
  const acknowledge = (ack?: Ack): string => {
    state.by = ack?.by ?? "nobody";
    return `acknowledged by ${state.by} after ${String(state.rings)} rings`;
  };
  setHandler(defineSignal<[Ack?]>("acknowledge"), (ack) => void acknowledge(ack));
  setHandler(defineUpdate<string, [Ack?]>("acknowledge"), acknowledge, {
    validator: (ack?: Ack) => {
      if (ack?.by === "") throw ApplicationFailure.nonRetryable("who are you?", "NoName");
    },
  });
  setHandler(defineUpdate<string, [Ack?]>("slowly"), async (ack) => {
    await sleep(5_000, { summary: "think about it" });
    if (ack?.by === "nobody") throw ApplicationFailure.nonRetryable("nobody may not", "Refused");
    return acknowledge(ack);
  });
  setHandler(defineQuery<number>("rings"), () => state.rings);
  upsertSearchAttributes([{ key: stateKey, value: "ringing" }]);
  upsertMemo({ owner: "the porter" });
  for (;;) {
    state.rings += 1;
    setCurrentDetails(`**rang** ${String(state.rings)} times`);
    if (await condition(() => state.by !== undefined, 60_000, { summary: "ring again" })) break;
  }
  await condition(allHandlersFinished);
  upsertSearchAttributes([{ key: stateKey, value: null }]);
  return state.by ?? "";
}

interface CounterInput {
  readonly total: number;
  readonly perRun: number;
  readonly padding?: string;
}

/** Adds up `add` signals; continues as new after `perRun` of them, and ends on `finish`. */
export async function counter(input: CounterInput): Promise<number> {
  const state = { total: input.total, heard: 0, finished: false };
  setHandler(defineSignal<[number]>("add"), (n) => {
    state.total += n;
    state.heard += 1;
  });
  setHandler(defineSignal("finish"), () => {
    state.finished = true;
  });
  setHandler(defineQuery<number>("total"), () => state.total);
  await condition(() => state.finished || state.heard >= input.perRun);
  await condition(allHandlersFinished);
  if (state.finished) return state.total;
  return continueAsNew<typeof counter>({ ...input, total: state.total });
}
