/** Where the time of a connection went, in milliseconds. */

import type { ConnectionTrace } from "./connection.js";

/** A step that was not reached, or not needed, is absent. */
export interface ConnectionPhases {
  readonly dns?: number;
  readonly connect?: number;
  readonly tls?: number;
  readonly total: number;
}

/** Up to now. */
export function phasesOf({ dnsMs, connectMs, tlsMs, startedAt }: ConnectionTrace): ConnectionPhases {
  return {
    ...(dnsMs === undefined ? {} : { dns: dnsMs }),
    ...(connectMs === undefined ? {} : { connect: connectMs }),
    ...(tlsMs === undefined ? {} : { tls: tlsMs }),
    total: performance.now() - startedAt,
  };
}

/** Tenths of a millisecond are as fine as a network gets; 0 for a step that was not needed. */
export function tenths(ms: number | undefined): number {
  return ms === undefined ? 0 : Math.round(ms * 10) / 10;
}
