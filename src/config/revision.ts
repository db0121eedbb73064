/** The revision of a plan: its content, hashed. */

import { createHash } from "node:crypto";

import type { RevisionId } from "../domain/ids.js";
import type { Plan } from "../domain/plan.js";
import { canonicalJson } from "./plain-json.js";

const LENGTH = 12;

/** The plan with the revision that it is: equal plans have equal ones, wherever and whenever they were made. */
export function withRevision(plan: Omit<Plan, "revision">): Plan {
  const hash = createHash("sha256").update(canonicalJson(plan)).digest("hex");
  return { revision: hash.slice(0, LENGTH) as RevisionId, ...plan };
}
