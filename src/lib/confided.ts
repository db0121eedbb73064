/** A conversation for which credentials may be needed: whose fault it is when there is no answer, and what of it may be shown. */

import type { Conversed } from "./conversation.js";
import { Credentials, MissingSecret } from "./http-credentials.js";
import { isOurs } from "./network-fault.js";
import { phasesOf, type ConnectionPhases } from "./phases.js";
import { Revealed } from "./redact.js";
import type { SecretResolver } from "./secret.js";

export type Confided<T> =
  | {
      readonly ok: true;
      readonly value: T;
      readonly phases: ConnectionPhases;
      /** Takes out what was told in confidence. */
      readonly scrub: (text: string) => string;
    }
  /** `ours`: we could not look. `phases` is absent when nothing was tried. */
  | {
      readonly ok: false;
      readonly ours: boolean;
      readonly reason: string;
      readonly phases?: ConnectionPhases;
    };

/** `proves`: whether we prove ourselves with a certificate of our own. A missing secret is a result; whatever else `talk` rejects with is not. */
export async function confided<T>(
  secrets: SecretResolver,
  proves: boolean,
  talk: (credentials: Credentials) => Promise<Conversed<T>>,
): Promise<Confided<T>> {
  const revealed = new Revealed();
  try {
    const result = await talk(new Credentials(secrets, revealed));
    const phases = phasesOf(result.trace);
    return result.ok
      ? { ok: true, value: result.value, phases, scrub: (text) => revealed.scrub(text) }
      : { ok: false, ours: isOurs(result.fault, proves), reason: result.fault.message, phases };
  } catch (error) {
    if (error instanceof MissingSecret) return { ok: false, ours: true, reason: error.message };
    throw error;
  }
}
