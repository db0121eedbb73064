/** One attempt at one notifier from this process: for trying it, and for sending a dead letter again. */

import type { AttemptResult, Message } from "../domain/message.js";
import type { PlainSpec, Plan } from "../domain/plan.js";
import { systemClock } from "../lib/clock.js";
import { notifierEgress } from "../lib/egress-rules.js";
import type { SecretResolver } from "../lib/secret.js";
import type { Notifier } from "../notifiers/notifier.js";
import { notifier } from "../notifiers/registry.js";

/** As long as an attempt of a worker may take. */
const ATTEMPT_MS = 15_000;

export interface NamedNotifier {
  readonly name: string;
  readonly type: Notifier<PlainSpec>;
  readonly spec: PlainSpec;
  readonly allowPrivate: boolean;
  /** What to show as the address told; no secret. */
  readonly target: string;
}

export interface AttemptSurroundings {
  readonly secrets: SecretResolver;
  readonly stdout: (line: string) => void;
  /** What an attempt before answered. */
  readonly receipt?: string | undefined;
}

/** Undefined when the plan has none of that name, or one of a type this program does not have. */
export function notifierOf(plan: Plan, name: string): NamedNotifier | undefined {
  const planned = Object.hasOwn(plan.notifiers, name) ? plan.notifiers[name] : undefined;
  const type = planned === undefined ? undefined : notifier(planned.type);
  if (planned === undefined || type === undefined) return undefined;
  const { spec, allowPrivate } = planned;
  return { name, type, spec, allowPrivate, target: type.target(spec) };
}

export function attemptOnce(
  plan: Plan,
  { type, spec, allowPrivate }: NamedNotifier,
  message: Message,
  { secrets, stdout, receipt }: AttemptSurroundings,
): Promise<AttemptResult> {
  return type.send(type.render(message, spec), spec, {
    signal: AbortSignal.timeout(ATTEMPT_MS),
    clock: systemClock,
    secrets,
    egress: notifierEgress({ ...plan.egress, allowPrivate }),
    stdout,
    ...(receipt === undefined ? {} : { receipt }),
  });
}
