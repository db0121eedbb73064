/** What schemas cannot see: names, references, what people need to be told, times, expressions, texts, secrets, limits. */

import type { ParsedConfig } from "./parsed.js";
import type { Finding } from "./problem.js";
import { reviewAlerts } from "./review-alerts.js";
import { reviewChecks } from "./review-checks.js";
import { reviewExpressions } from "./review-expressions.js";
import { reviewLimits } from "./review-limits.js";
import { reviewNames } from "./review-names.js";
import { reviewReach } from "./review-reach.js";
import { reviewReferences } from "./review-references.js";
import { reviewSecrets } from "./review-secrets.js";
import { reviewTexts } from "./review-texts.js";

/** All of it at once, over the pieces that had the right form. */
export function review(config: ParsedConfig): readonly Finding[] {
  return [
    reviewNames,
    reviewReferences,
    reviewAlerts,
    reviewReach,
    reviewChecks,
    reviewExpressions,
    reviewTexts,
    reviewSecrets,
    reviewLimits,
  ].flatMap((each) => each(config));
}
