/** Every notifier, one line each: configuration, documentation, delivery and the conformance suite all derive from this list. */

import type { PlainSpec } from "../domain/plan.js";
import type { Notifier } from "./notifier.js";
import { alertmanager } from "./alertmanager.js";
import { email } from "./email.js";
import { ntfy } from "./ntfy.js";
import { pagerduty } from "./pagerduty.js";
import { slack } from "./slack.js";
import { stdout } from "./stdout.js";
import { webhook } from "./webhook.js";

export const notifiers = [pagerduty, slack, email, ntfy, alertmanager, webhook, stdout] as const;

/** The notifier with that word in YAML, or undefined. Its `spec` arguments take what its own schema returned, as the plan keeps it. */
export function notifier(type: string): Notifier<PlainSpec> | undefined {
  const found = notifiers.find((each) => each.type === type);
  // The plan keeps specs as plain JSON; a spec reaches only the notifier whose schema made it, because both are found by `type`.
  return found as unknown as Notifier<PlainSpec> | undefined;
}
