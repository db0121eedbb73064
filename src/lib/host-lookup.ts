/** Names to addresses through the operating system's resolver (hosts file and search domains included), each name asked once at a time. */

import { lookup, type LookupAddress } from "node:dns";

type Answer = (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void;

/**
 * The resolver runs in a small thread pool: without sharing, one name whose server hangs would take every thread and with them
 * every other probe.
 */
const asked = new Map<string, Answer[]>();

/** All addresses of a host name. Who asks while the same name is being asked gets the same answer; answers are not kept. */
export function lookupHost(host: string, answer: Answer): void {
  const waiting = asked.get(host);
  if (waiting !== undefined) {
    waiting.push(answer);
    return;
  }
  const all = [answer];
  asked.set(host, all);
  lookup(host, { all: true, verbatim: true }, (error, addresses) => {
    asked.delete(host);
    for (const each of all) each(error, error === null ? addresses : []);
  });
}
