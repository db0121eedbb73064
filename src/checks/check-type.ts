/**
 * The contract of a check type: one file that exports one frozen object, one line in the registry, one doc page, one test that
 * runs the conformance suite. A check type knows its protocol and nothing of workflows, rules or the store.
 */

import type { z } from "zod";

import type { Heartbeat } from "../domain/heartbeat.js";
import type { CheckId } from "../domain/ids.js";
import type { InboxAlert } from "../domain/inbox.js";
import type { Reading } from "../domain/reading.js";
import type { RulePlan } from "../domain/plan.js";
import type { Clock } from "../lib/clock.js";
import type { EgressGuard } from "../lib/egress.js";
import type { SecretResolver } from "../lib/secret.js";

/** One field that a check type yields; feeds CEL type checks, docs and charts. */
export interface FieldDeclaration {
  readonly type: "number" | "string" | "boolean" | "any" | "map";
  /** `ms`, `s`, `percent`, `bytes`, `days`… ; absent for plain values. */
  readonly unit?: string;
  readonly description: string;
}

/** The reason, in a person's words, when there is no answer. */
export type Asked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** What came in from outside, for types that probe nothing but read what was said to us. Never rejects. */
export interface Incoming {
  heartbeat(check: CheckId): Promise<Asked<Heartbeat>>;
  /** Open ones first, then those that are over since not long ago. */
  inbox(check: CheckId): Promise<Asked<readonly InboxAlert[]>>;
}

export interface ProbeContext {
  readonly check: CheckId;
  /** Aborted at the check's deadline; a probe settles within 50 ms of it and leaves no socket behind. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly secrets: SecretResolver;
  /** Decides at connect time which addresses may be reached. */
  readonly egress: EgressGuard;
  readonly incoming: Incoming;
  /** Names of JSON fields to lift, subjects to split: see `CheckPlan`. Only types that read JSON answers look at them. */
  readonly lift: {
    readonly fields: Readonly<Record<string, string>>;
    readonly each?: {
      readonly path: string;
      readonly subject?: string;
      readonly fields: Readonly<Record<string, string>>;
    };
  };
}

export interface CheckType<Spec> {
  /** Its word in YAML. */
  readonly type: string;
  /** One line for the CLI and the docs. */
  readonly summary: string;
  /** Its own keys, each with a description; durations and sizes already turned into numbers. Unknown keys are refused. */
  readonly schema: z.ZodType<Spec>;
  /** Keys common to all checks that mean something of its own here: it is swept at its default interval then. */
  readonly claims?: readonly "every"[];
  readonly defaults: { readonly everyMs: number; readonly timeoutMs: number };
  readonly fields: Readonly<Record<string, FieldDeclaration>>;
  /** Whether answers to this specification are JSON, for `fields` and `each` to read; unless said, those of a type with a field `json` are. */
  readonly lifts?: (spec: Spec) => boolean;
  /** Rules a check of this type has when it declares none; usually empty. */
  readonly rules: (spec: Spec) => readonly Partial<RulePlan>[];
  /** What to show as the address probed; never a secret. */
  readonly target: (spec: Spec) => string;
  /** At least one reading, one per subject. Never rejects because of the target; rejects only when Tocsin itself is broken. */
  readonly probe: (spec: Spec, context: ProbeContext) => Promise<readonly Reading[]>;
  /** A small valid configuration of it, YAML, for the docs and the conformance suite. */
  readonly example: string;
}
