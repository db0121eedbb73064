/** PostgreSQL's values as plain JSON: numbers as numbers, times as RFC 3339, JSON as what it says, anything else as its text. */

import type { Json } from "./json-path.js";

export type Row = Readonly<Record<string, Json>>;

/** `int8 int2 int4 oid float4 float8 numeric` */
const NUMBERS: ReadonlySet<number> = new Set([20, 21, 23, 26, 700, 701, 1700]);
const BOOLEAN = 16;
/** `json jsonb` */
const JSONS: ReadonlySet<number> = new Set([114, 3802]);
/** `date timestamp timestamptz`; the session's zone is UTC */
const TIMES: ReadonlySet<number> = new Set([1082, 1114, 1184]);

/** NaN and infinities have no JSON. */
function numberOf(text: string): Json {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

function timeOf(text: string): Json {
  const zoned = /[+-]\d\d(:?\d\d)?$/.test(text) && text.includes(":") ? text : `${text}Z`;
  const ms = Date.parse(zoned.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
  return Number.isNaN(ms) ? text : new Date(ms).toISOString();
}

/** The reader of one type's texts, by its OID. */
export function valueReader(oid: number): (text: string) => Json {
  if (NUMBERS.has(oid)) return numberOf;
  if (oid === BOOLEAN) return (text) => text === "t";
  if (JSONS.has(oid)) return (text) => JSON.parse(text) as Json;
  if (TIMES.has(oid)) return timeOf;
  return (text) => text;
}
