/** When time alone will next change anything of a monitor, whichever of its timers that is. */

import { alertsDue, upkeepDue } from "../../src/domain/monitor-machine.js";

type Due = ReturnType<typeof alertsDue>;

export function monitorDue(...of: Parameters<typeof alertsDue>): Due {
  const [alerts, upkeep] = [alertsDue(...of), upkeepDue(...of)];
  if (alerts === undefined || upkeep === undefined) return alerts ?? upkeep;
  return upkeep.at < alerts.at ? upkeep : alerts;
}
