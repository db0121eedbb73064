/** Every check type there is: configuration, documentation, command line and tests derive from this list. */

import type { PlainSpec } from "../domain/plan.js";
import type { CheckType } from "./check-type.js";
import { dns } from "./dns.js";
import { heartbeat } from "./heartbeat.js";
import { http } from "./http.js";
import { inbox } from "./inbox.js";
import { postgres } from "./postgres.js";
import { redis } from "./redis.js";
import { tcp } from "./tcp.js";
import { tls } from "./tls.js";

export const checkTypes = [http, tcp, tls, dns, redis, postgres, heartbeat, inbox] as const;

/** A check type whose specification is only known to have come out of its own schema. */
export type AnyCheckType = CheckType<PlainSpec>;

const BY_NAME: ReadonlyMap<string, AnyCheckType> = new Map(
  // Sound as long as a specification is only handed to the type whose schema made it: plans keep the two together.
  checkTypes.map((each) => [each.type, each as unknown as AnyCheckType]),
);

/** The check type of this name, or undefined. */
export function checkType(name: string): AnyCheckType | undefined {
  return BY_NAME.get(name);
}
