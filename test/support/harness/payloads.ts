/** Values to Temporal's payloads and back, and what they weigh. */

import { createHash } from "node:crypto";
import { types } from "node:util";
import {
  defaultFailureConverter,
  defaultPayloadConverter,
  ensureApplicationFailure,
  type Payload,
} from "@temporalio/common";
import { searchAttributePayloadConverter } from "@temporalio/common/lib/converter/payload-search-attributes.js";
import type { temporal } from "@temporalio/proto";

export type Failure = temporal.api.failure.v1.IFailure;

export function encode(value: unknown): Payload {
  return defaultPayloadConverter.toPayload(value);
}

export function encodeAll(values: readonly unknown[]): Payload[] {
  return values.map((value) => encode(value));
}

export function decode(payload: Payload | null | undefined): unknown {
  return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
}

export function decodeAll(payloads: readonly Payload[] | null | undefined): unknown[] {
  return (payloads ?? []).map((payload) => decode(payload));
}

export function encodeSearchAttributes(values: Readonly<Record<string, unknown>>): Record<string, Payload> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const list = Array.isArray(value) ? (value as unknown[]) : [value];
      return [name, searchAttributePayloadConverter.toPayload(list)];
    }),
  );
}

/** Core keeps a run's patches in a search attribute of this name. */
export function changeVersions(patches: ReadonlySet<string>): Record<string, Payload> {
  const payload = encode([...patches]);
  const type = new TextEncoder().encode("KeywordList");
  return { TemporalChangeVersion: { ...payload, metadata: { ...payload.metadata, type } } };
}

/** Single values stand alone, as typed search attributes do; a value that was unset is left out. */
export function decodeSearchAttributes(fields: Readonly<Record<string, Payload>>): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, payload]) => {
    const value: unknown = decode(payload);
    return [name, Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value] as const;
  });
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && value !== null && !isEmptyList(value)),
  );
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

export function encodeFailure(error: unknown): Failure {
  const failure = ensureApplicationFailure(error);
  // A worker cuts its own frames off, and so does the harness.
  if (failure.stack) failure.stack = failure.stack.split(/\n.*\/harness\//, 1)[0] ?? "";
  return defaultFailureConverter.errorToFailure(failure, defaultPayloadConverter);
}

export function decodeFailure(failure: Failure | null | undefined): Error {
  if (!failure) return new Error("failed without saying why");
  return defaultFailureConverter.failureToError(failure, defaultPayloadConverter);
}

/** Bytes of user data (payload data and metadata) anywhere inside `value`. */
export function payloadBytes(value: unknown): number {
  // What the sandbox made has the sandbox's own `Uint8Array`.
  if (types.isUint8Array(value)) return value.length;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + payloadBytes(part), 0);
}

/** An id in the form of a UUID that is the same in every run of the test. */
export function stableId(...parts: readonly (string | number)[]): string {
  const hex = createHash("sha256").update(parts.join("\0")).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
