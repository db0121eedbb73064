/** Times and spans as the command line says them: UTC, as the pages do, and short. */

export { span } from "../notifiers/message-parts.js";

/** `10:05:00`, or `2026-01-30 10:05:00` where that is another day than `now`'s. UTC. */
export function clock(at: number, now: number): string {
  const text = iso(at);
  return text.slice(0, 10) === iso(now).slice(0, 10) ? text.slice(11) : text;
}

/** {@link clock} without seconds, where nobody counts them. */
export function minute(at: number, now: number): string {
  return clock(at, now).slice(0, -3);
}

/** {@link clock} with the zone, for sentences that stand alone. */
export function clockUtc(at: number, now: number): string {
  return `${clock(at, now)} UTC`;
}

function iso(at: number): string {
  return new Date(at).toISOString().replace("T", " ").slice(0, 19);
}
