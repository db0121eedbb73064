/**
 * How far this machine's clock is from the Temporal server's. The server tells its time nowhere, but it notes when each poller last
 * asked: one asks that is given nothing, and its note is read back. The note was made between the question and the answer, which
 * bounds the error; no history and no task queue of ours is touched.
 */

import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

import type { Connection } from "@temporalio/client";
// Only the default import works from ES modules: the package is CommonJS that Node cannot read names from.
import proto from "@temporalio/proto";

import type { Finding } from "../../activities/doctor.js";
import { fail, pass, warn } from "../../activities/doctor.js";
import { clockQueue, controlQueue } from "../../workflows/names.js";
import type { Prefix } from "../../workflows/names.js";
import type { Clock } from "../lib/clock.js";
import { callError } from "./failures.js";

const { TaskQueueKind, TaskQueueType } = proto.temporal.api.enums.v1;

/** A note that is not there by then is not coming. */
const NOTED_WITHIN_MS = 5_000;
/** The server grumbles about polls that would not wait for a minute; ours is called back at once. */
const POLL_MS = 70_000;
const LOOK_AGAIN_MS = 5;
const WORTH_A_LOOK_MS = 1_000;
const BROKEN_MS = 30_000;

export interface ClockSkew {
  /** Below 0: ours is behind. */
  readonly aheadMs: number;
  /** The truth lies within this of `aheadMs`. */
  readonly uncertaintyMs: number;
  /** By our clock, epoch milliseconds. */
  readonly at: number;
}

export interface ClockSkewMeter {
  /** Rejects when the server cannot be reached, or does not note who polls. */
  measure(): Promise<ClockSkew>;
  /** What was measured last, for who cannot wait; undefined before the first time. */
  last(): ClockSkew | undefined;
}

interface Server {
  readonly connection: Connection;
  readonly namespace: string;
  readonly prefix: Prefix;
}

export function clockSkewMeter(server: Server, clock: Clock): ClockSkewMeter {
  let last: ClockSkew | undefined;
  return {
    measure: async () => (last = await measure(server, clock)),
    last: () => last,
  };
}

async function measure({ connection, namespace, prefix }: Server, clock: Clock): Promise<ClockSkew> {
  const { workflowService } = connection;
  // As workers have them: one partition, which is the one that is asked, and gone by itself. Its normal queue must be another one.
  const taskQueue = {
    name: clockQueue(prefix),
    normalName: controlQueue(prefix),
    kind: TaskQueueKind.TASK_QUEUE_KIND_STICKY,
  };
  const identity = randomUUID();
  const calledBack = new AbortController();
  const at = clock.now();
  const began = clock.monotonic();
  let refused: unknown;
  const poll = connection
    .withAbortSignal(calledBack.signal, () =>
      connection.withDeadline(Date.now() + POLL_MS, () =>
        workflowService.pollWorkflowTaskQueue({ namespace, taskQueue, identity }),
      ),
    )
    .catch((error: unknown) => {
      refused = error;
    });
  try {
    for (;;) {
      const { pollers } = await connection.withDeadline(Date.now() + NOTED_WITHIN_MS, () =>
        workflowService.describeTaskQueue({
          namespace,
          taskQueue,
          taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        }),
      );
      const elapsedMs = clock.monotonic() - began;
      const noted = pollers.find((poller) => poller.identity === identity)?.lastAccessTime;
      if (noted) {
        const noteMs = Number(noted.seconds ?? 0) * 1_000 + (noted.nanos ?? 0) / 1_000_000;
        return { aheadMs: at + elapsedMs / 2 - noteMs, uncertaintyMs: elapsedMs / 2, at };
      }
      if (refused !== undefined) throw callError(refused);
      if (elapsedMs > NOTED_WITHIN_MS) throw new Error("the server does not note who polls");
      await wait(LOOK_AGAIN_MS);
    }
  } finally {
    calledBack.abort();
    await poll;
  }
}

/** Decided by what is certain: a slow answer accuses no clock. */
export function skewFinding({ aheadMs, uncertaintyMs }: ClockSkew): Omit<Finding, "name"> {
  const size = Math.abs(aheadMs);
  const certainMs = size - uncertaintyMs;
  const text = `${shown(size)} ${aheadMs < 0 ? "behind" : "ahead of"} the server's, give or take ${shown(uncertaintyMs)}`;
  const advice = `${text}. Pages are on time all the same; certificates, signatures of webhooks and the store go by this clock: set it (chronyc tracking, timedatectl)`;
  if (certainMs > BROKEN_MS) return fail(advice);
  if (certainMs > WORTH_A_LOOK_MS) return warn(advice);
  if (uncertaintyMs > WORTH_A_LOOK_MS) return warn(`${text}: the server answers too slowly to tell more`);
  return pass(text);
}

function shown(ms: number): string {
  return ms < WORTH_A_LOOK_MS ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
