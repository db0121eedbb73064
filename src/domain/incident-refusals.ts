/** Why a command to an incident cannot be taken (lifecycle 5). Pure. */

import type { IncidentCommand } from "./commands.js";
import { commandDurationMs } from "./commands.js";
import type { Conversation } from "./incident-state.js";

const DAY_MS = 24 * 60 * 60_000;
const MAX_PAUSE_MS = 7 * DAY_MS;

/** A sentence, before anything is changed; undefined when it can be taken. Also what an update's validator asks. */
export function refuse(live: Conversation | undefined, command: IncidentCommand): string | undefined {
  if (live === undefined) return "this incident is over: nothing is firing";
  const { episode } = command.input;
  if (episode !== undefined && !live.members.some((member) => member.episode === episode)) {
    return `episode ${episode} is not firing any more; it may belong to an earlier incident`;
  }
  switch (command.name) {
    case "acknowledge":
      return (
        refuseFor(command.input.for, DAY_MS, "an acknowledgement lasts at most 24h", "30m") ??
        refuseAlerts(live, command.input.alerts ?? [])
      );
    case "pause":
      return refuseFor(command.input.for, MAX_PAUSE_MS, "a pause lasts at most 7d", "30m");
    case "escalate":
      return live.members.length === 0 ? "nothing is firing" : undefined;
    case "unacknowledge":
    case "resume":
    case "resolve":
      return undefined;
    case "comment":
      return command.input.text === undefined ? "'text' is missing: there is nothing to note" : undefined;
  }
}

function refuseFor(
  value: string | number | undefined,
  maxMs: number,
  tooLong: string,
  example: string,
): string | undefined {
  if (value === undefined) return undefined;
  const forMs = commandDurationMs(value);
  if (forMs === undefined || forMs === 0)
    return `'for' is not a duration like ${example}: ${JSON.stringify(value)}`;
  return forMs > maxMs ? tooLong : undefined;
}

function refuseAlerts(live: Conversation, alerts: readonly string[]): string | undefined {
  if (live.members.length === 0) return "nothing is firing";
  const missing = alerts.find((alert) => !live.members.some((member) => member.alert === alert));
  return missing === undefined ? undefined : `${missing} is not firing in this incident`;
}
