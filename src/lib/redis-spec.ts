/** The keys with which configuration describes what to ask a Redis. */

import { z } from "zod";

import { jsonPathValue } from "./json-path-value.js";
import { redisKeys } from "./redis-connection.js";
import { durationValue } from "./spec-values.js";

const MODES = ["list", "stream", "keys", "entries"] as const;

/** One question at most; without any, the server itself is asked how it is. */
export const redisSpec = z
  .strictObject({
    ...redisKeys,
    list: z
      .string()
      .min(1)
      .optional()
      .describe("Key of a list that is a queue; one that is not there is empty"),
    progress: z
      .string()
      .min(1)
      .optional()
      .describe("Beside `list`: key of a number that rises with all that is done"),
    stream: z.string().min(1).optional().describe("Key of a stream that is a queue"),
    group: z
      .string()
      .min(1)
      .optional()
      .describe("Beside `stream`: the consumer group; without it each group is a subject"),
    missing: z
      .enum(["bad", "good"])
      .default("bad")
      .describe("Beside `stream`: what it means when the stream or the group is not there"),
    keys: z
      .strictObject({
        pattern: z.string().min(1).describe("Glob as SCAN takes it: * ? [abc]"),
        limit: z.int().min(1).max(1_000_000).default(10_000).describe("Counting stops here"),
      })
      .optional()
      .describe("Counts the keys that match"),
    entries: z
      .strictObject({
        stream: z.string().min(1).describe("Key of the stream"),
        window: durationValue({ min: 1_000 }).describe("How far to look back, by the ids of entries"),
        json: jsonPathValue().describe(
          "What to count by: the entry's field, then the path in the JSON it holds",
        ),
        values: z
          .array(z.string())
          .max(100)
          .default([])
          .describe("Values that are counted as 0 when there are none"),
      })
      .optional()
      .describe("Counts a stream's recent entries by a value in them"),
  })
  .superRefine((spec, context) => {
    const [, second] = MODES.filter((mode) => spec[mode] !== undefined);
    if (second === undefined) return;
    const message = `expected at most one of ${MODES.join(", ")}`;
    context.addIssue({ code: "custom", message, path: [second] });
  })
  .refine(({ group, stream }) => group === undefined || stream !== undefined, {
    message: "expected stream beside group",
    path: ["group"],
  })
  .refine(({ progress, list }) => progress === undefined || list !== undefined, {
    message: "expected list beside progress",
    path: ["progress"],
  });

export type RedisSpec = z.output<typeof redisSpec>;
