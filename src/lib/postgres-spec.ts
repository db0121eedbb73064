/** The keys with which configuration describes what to ask a PostgreSQL. */

import { z } from "zod";

import { postgresKeys } from "./postgres-connection.js";
import { WATCHES } from "./postgres-watches.js";
import { durationValue } from "./spec-values.js";

/** Built-in questions or one of your own. */
export const postgresSpec = z
  .strictObject({
    ...postgresKeys,
    watch: z
      .array(z.enum(WATCHES))
      .min(1)
      .optional()
      .describe("What to look at; connections unless told otherwise"),
    slow_after: durationValue({ min: 1 })
      .default(30_000)
      .describe("Beside `watch`: a query that runs longer than this is slow"),
    query: z
      .string()
      .max(10_000)
      .regex(/^[^;]*;?\s*$/, "expected one query, without a semicolon in it")
      .transform((text) => text.replace(/;?\s*$/, ""))
      .optional()
      .describe("A query of your own; each row is a subject, named by its column `subject`"),
  })
  .refine(({ watch, query }) => watch === undefined || query === undefined, {
    message: "expected watch or query, but both are there",
    path: ["query"],
  });

export type PostgresSpec = z.output<typeof postgresSpec>;
