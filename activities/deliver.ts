/** One attempt to tell one notifier: puts the texts to the facts, renders, sends, and says how it ended. */

import { composeMessage } from "../src/domain/compose-message.js";
import { serviceOfIncident } from "../src/domain/ids.js";
import type { DeliverInput } from "../src/domain/deliver-input.js";
import type { AttemptResult } from "../src/domain/message.js";
import { notifier as notifierType } from "../src/notifiers/registry.js";
import type { DeliverActivities } from "../workflows/activity-contract.js";
import type { DeliverDependencies } from "./dependencies.js";
import { beating } from "./heartbeat.js";

/** Less than the activity's 15 s, so that the answer is ours and not a lost worker's. */
const ATTEMPT_MS = 12_000;

export function deliverActivity(dependencies: DeliverDependencies): DeliverActivities["deliver"] {
  return async (input) => {
    const { clock } = dependencies;
    const startedAt = clock.monotonic();
    const result = await beating(() => attempt(input, dependencies));
    const { incident, notifier, kind, n, severity, decidedAt, members } = input;
    const firedAt = members.length === 0 ? undefined : Math.min(...members.map((each) => each.firedAt));
    dependencies.attempted({
      incident,
      notifier,
      kind,
      n,
      result,
      severity,
      ms: clock.monotonic() - startedAt,
      decidedAt,
      ...(firedAt === undefined ? {} : { firedAt }),
      endedAt: clock.now(),
    });
    return result;
  };
}

async function attempt(input: DeliverInput, dependencies: DeliverDependencies): Promise<AttemptResult> {
  const { plans, surroundings } = dependencies;
  const settings = await plans.plan(input.revision);
  const texts = input.textRevision === input.revision ? settings : await plans.plan(input.textRevision);
  const configured = settings.notifiers[input.notifier];
  const type = configured === undefined ? undefined : notifierType(configured.type);
  if (configured === undefined || type === undefined) {
    return {
      result: "rejected",
      reason: `revision ${input.revision} has no usable notifier '${input.notifier}'`,
    };
  }
  const message = composeMessage(input, texts, surroundings(serviceOfIncident(input.incident)));
  const rendered = type.render(message, configured.spec);
  const result = await type.send(rendered, configured.spec, {
    signal: AbortSignal.timeout(ATTEMPT_MS),
    clock: dependencies.clock,
    secrets: dependencies.secrets,
    egress: dependencies.notifierEgress(settings, configured.allowPrivate),
    stdout: dependencies.stdout,
    ...(input.receipt === undefined ? {} : { receipt: input.receipt }),
  });
  const resendAfterMs = type.resendEveryMs?.(configured.spec);
  return result.result === "accepted" && resendAfterMs !== undefined && message.kind !== "resolved"
    ? { ...result, resendAfterMs }
    : result;
}
