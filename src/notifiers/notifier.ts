/**
 * The contract of a notifier: one file, one line in the registry, one doc page, one test that runs the conformance suite.
 * Rendering is pure and apart from sending, so that a preview can show a message without telling anybody.
 */

import type { z } from "zod";

import type { AttemptResult, Message } from "../domain/message.js";
import type { Clock } from "../lib/clock.js";
import type { EgressGuard } from "../lib/egress.js";
import type { SecretResolver } from "../lib/secret.js";

export interface SendContext {
  /** Aborted when the attempt's time is over: what was in flight then is ambiguous. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly secrets: SecretResolver;
  readonly egress: EgressGuard;
  /** What an accepted attempt of this incident answered last; absent at the first, and whenever it was lost. */
  readonly receipt?: string;
  /** Where the `stdout` notifier writes. */
  readonly stdout: (line: string) => void;
}

export interface Notifier<Spec, Rendered = unknown> {
  /** Its word in YAML. */
  readonly type: string;
  readonly summary: string;
  readonly schema: z.ZodType<Spec>;
  readonly limits: { readonly textLength: number; readonly perMinute?: number };
  /** `end`: can hear that trouble is over; `key`: repeats with the same key are told once. */
  readonly supports: { readonly end: boolean; readonly key: boolean };
  /** For a receiver that forgets what it is not told again: how often it must be, milliseconds. */
  readonly resendEveryMs?: (spec: Spec) => number;
  /** Pure: the same message gives the same body. */
  readonly render: (message: Message, spec: Spec) => Rendered;
  /** One attempt. Never rejects because of the receiver; a missing secret is `rejected`. */
  readonly send: (rendered: Rendered, spec: Spec, context: SendContext) => Promise<AttemptResult>;
  /** What to show as the address told; never a secret. */
  readonly target: (spec: Spec) => string;
  /** A small valid configuration of it, YAML. */
  readonly example: string;
}
