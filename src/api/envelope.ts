/** The one shape of every answer, the same that the command line's `--json` prints: version, kind, data, meta. */

import { z } from "zod";

/** Grows only when a field that was there changes its meaning or goes away. */
const VERSION = 1;

export interface Envelope<Data, Meta> {
  readonly version: typeof VERSION;
  readonly kind: string;
  readonly data: Data;
  readonly meta: Meta;
}

/** Times are epoch milliseconds. */
export function envelope<Data, Meta extends object>(
  kind: string,
  data: Data,
  meta: Meta,
): Envelope<Data, Meta> {
  return { version: VERSION, kind, data, meta };
}

export const time = z.number().describe("Epoch milliseconds");

/** `data` and, beside when it was read, what `meta` says. */
export function envelopeOf<Data extends z.ZodType, Meta extends z.ZodRawShape>(
  kind: string,
  data: Data,
  meta: Meta,
) {
  return z.object({
    version: z.literal(VERSION),
    kind: z.literal(kind),
    data,
    meta: z.object({ at: time.describe("When it was read, epoch milliseconds"), ...meta }),
  });
}
