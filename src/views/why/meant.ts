/** Whether an alert is one of those asked about. Pure. */

import type { WhyTarget } from "../target.js";

export function isMeant(alert: string, target: WhyTarget): boolean {
  switch (target.kind) {
    case "alert":
      // Without its subject, an alert's id names all subjects of the rule.
      return alert === target.alert || alert.startsWith(`${target.alert}/`);
    case "check":
      return alert.startsWith(`${target.check}/`);
    case "service":
      return alert.startsWith(`${target.service}/`);
  }
}
