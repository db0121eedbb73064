/** The check types and notifiers that a configuration may name. */

import { type AnyCheckType, checkTypes } from "../checks/registry.js";
import type { PlainSpec } from "../domain/plan.js";
import type { Notifier } from "../notifiers/notifier.js";
import { notifiers } from "../notifiers/registry.js";

/** A notifier whose specification is only known to have come out of its own schema. */
export type AnyNotifier = Notifier<PlainSpec>;

export interface Registries {
  readonly checkTypes: readonly AnyCheckType[];
  readonly notifiers: readonly AnyNotifier[];
}

/** All that this program has. */
export const allRegistries: Registries = {
  // Sound as long as a specification is only handed to the type whose schema made it: plans keep the two together.
  checkTypes: checkTypes as unknown as readonly AnyCheckType[],
  notifiers: notifiers as unknown as readonly AnyNotifier[],
};
