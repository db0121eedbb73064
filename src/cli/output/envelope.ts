/** What `--json` prints: one envelope for every command, so that a script can tell what it reads. */

import type { Io } from "../io.js";

/** Grows only when a field that was there changes its meaning or goes away. */
const VERSION = 1;

export type Meta = Readonly<
  Record<string, string | number | boolean | readonly string[] | readonly object[] | undefined>
>;

/** `{"version":1,"kind":"alerts","data":…,"meta":{…}}`, indented, on standard output. Times are epoch milliseconds. */
export function printEnvelope(io: Pick<Io, "out">, kind: string, data: unknown, meta: Meta = {}): void {
  io.out(`${JSON.stringify({ version: VERSION, kind, data, meta }, null, 2)}\n`);
}
