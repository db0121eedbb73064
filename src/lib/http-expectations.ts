/** What an HTTP answer must be like, and which of it an answer is not, each in a person's words. */

import { z } from "zod";

import { readJsonPath, sameJson, type Json } from "./json-path.js";
import { jsonPathValue } from "./json-path-value.js";
import { durationValue } from "./spec-values.js";
import { spokenDuration } from "./spoken.js";
import { oneLine, truncateBytes } from "./text.js";

const statusClass = z.enum(["1xx", "2xx", "3xx", "4xx", "5xx"]);
const oneStatus = z.union([z.int().min(100).max(599), statusClass]);
const texts = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

export const expectSchema = z.strictObject({
  status: z
    .union([oneStatus, z.array(oneStatus).min(1)])
    .default(200)
    .describe('Accepted statuses: 200, [200, 204] or "2xx"'),
  contains: texts.optional().describe("Text, or several, that the body must contain"),
  not_contains: texts.optional().describe("Text, or several, that the body must not contain"),
  json: z
    .record(jsonPathValue(), z.json())
    .optional()
    .describe("JSON path to the value that must stand there"),
  headers: z
    .record(z.string(), z.union([z.string(), z.boolean()]))
    .optional()
    .describe("Header to its value or one of its elements; true: present, false: absent"),
  max_latency: durationValue({ min: 1 }).optional().describe("Longest time from start to the body's end"),
});

export type HttpExpectations = z.output<typeof expectSchema>;

/** An answer as expectations see it, secrets already taken out. */
export interface ObservedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Absent when the body is not JSON. */
  readonly json?: Json;
  readonly truncated: boolean;
  readonly latencyMs: number;
}

const MAX_SHOWN_BYTES = 80;

function shown(value: Json | string): string {
  return truncateBytes(oneLine(JSON.stringify(value)), MAX_SHOWN_BYTES);
}

function listOf<T extends string | number>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return typeof value === "object" ? value : [value];
}

/** Whether `status` is one of those expected. */
export function statusExpected({ status: expected }: HttpExpectations, status: number): boolean {
  return listOf<string | number>(expected).some(
    (each) => each === status || each === `${Math.floor(status / 100)}xx`,
  );
}

function unmetStatus(expect: HttpExpectations, { status }: ObservedAnswer): readonly string[] {
  if (statusExpected(expect, status)) return [];
  const wanted = listOf<string | number>(expect.status).join(", ");
  return [`answered ${status}${wanted === "200" ? "" : ` (expected ${wanted})`}`];
}

function unmetTexts(expect: HttpExpectations, { text, truncated }: ObservedAnswer): readonly string[] {
  const where = truncated ? `the first ${text.length} characters do` : "the body does";
  return [
    ...listOf(expect.contains)
      .filter((each) => !text.includes(each))
      .map((each) => `${where} not contain ${shown(each)}`),
    ...listOf(expect.not_contains)
      .filter((each) => text.includes(each))
      .map((each) => `the body contains ${shown(each)}`),
  ];
}

function unmetJson(expect: HttpExpectations, { json, truncated }: ObservedAnswer): readonly string[] {
  const wanted = Object.entries(expect.json ?? {});
  if (wanted.length === 0) return [];
  if (json === undefined)
    return [truncated ? "the body is longer than what was read of it" : "the body is not JSON"];
  return wanted.flatMap(([path, value]) => {
    const found = readJsonPath(json, path);
    if (found === undefined) return [`${path} is missing`];
    return sameJson(found, value) ? [] : [`${path} is ${shown(found)}, not ${shown(value)}`];
  });
}

/** `application/json` is an element of `application/json; charset=utf-8`, `no-store` of `no-store, max-age=0`. */
function hasElement(header: string, wanted: string): boolean {
  return [header, ...header.split(/[,;]/)].some(
    (each) => each.trim().toLowerCase() === wanted.trim().toLowerCase(),
  );
}

function unmetHeaders(expect: HttpExpectations, { headers }: ObservedAnswer): readonly string[] {
  return Object.entries(expect.headers ?? {}).flatMap(([name, wanted]) => {
    const found = headers[name.toLowerCase()];
    if (wanted === false) return found === undefined ? [] : [`header ${name} is present`];
    if (found === undefined) return [`header ${name} is missing`];
    if (wanted === true || hasElement(found, wanted)) return [];
    return [`header ${name} is ${shown(found)}, not ${shown(wanted)}`];
  });
}

function unmetLatency(
  { max_latency: maxMs }: HttpExpectations,
  { latencyMs }: ObservedAnswer,
): readonly string[] {
  if (maxMs === undefined || latencyMs <= maxMs) return [];
  return [`took ${spokenDuration(latencyMs)}, more than ${spokenDuration(maxMs)}`];
}

/** Every expectation that the answer does not meet; empty when it meets all. */
export function unmetExpectations(expect: HttpExpectations, answer: ObservedAnswer): readonly string[] {
  return [unmetStatus, unmetTexts, unmetJson, unmetHeaders, unmetLatency].flatMap((unmet) =>
    unmet(expect, answer),
  );
}
