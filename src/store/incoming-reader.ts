/** What checks read of what came in: within the budget of the page path, and for all that ask in one turn by one query. */

import type { Heartbeat } from "../domain/heartbeat.js";
import type { CheckId } from "../domain/ids.js";
import type { InboxAlert } from "../domain/inbox.js";
import type { Asked, BestEffortStore } from "./best-effort.js";
import type { Store } from "./store.js";

export interface IncomingReader {
  /** Never rejects. */
  heartbeat(check: CheckId): Promise<Asked<Heartbeat>>;
  /** Never rejects. */
  inbox(check: CheckId): Promise<Asked<readonly InboxAlert[]>>;
}

interface Asking {
  readonly check: CheckId;
  readonly answer: (asked: Asked<Heartbeat>) => void;
}

/** More than are judged of one check, so that what is beyond is counted. */
const MAX_ALERTS = 200;

export function incomingReader(
  kept: Pick<BestEffortStore<Pick<Store, "heartbeats" | "inbox">>, "ask">,
): IncomingReader {
  let asking: Asking[] = [];
  const askAll = async (): Promise<void> => {
    const all = asking;
    asking = [];
    const asked = await kept.ask((store) => store.heartbeats(all.map(({ check }) => check)));
    for (const [index, { answer }] of all.entries()) answer(answerAt(asked, index));
  };
  return {
    inbox: (check) => kept.ask((store) => store.inbox(check, MAX_ALERTS)),
    heartbeat: (check) =>
      new Promise((answer) => {
        // A sweep begins all its probes in one turn.
        if (asking.length === 0) setImmediate(() => void askAll());
        asking.push({ check, answer });
      }),
  };
}

function answerAt(asked: Asked<readonly Heartbeat[]>, index: number): Asked<Heartbeat> {
  if (!asked.ok) return asked;
  const value = asked.value[index];
  return value === undefined ? { ok: false, reason: "the store left this check out" } : { ok: true, value };
}
