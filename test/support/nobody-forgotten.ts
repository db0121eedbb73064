/** What is promised at every moment of an incident, seen from outside by its status: what nobody has pages, and what is had is no worse. */

import { uncovered } from "../../src/domain/conversation.js";
import type { Conversation } from "../../src/domain/incident-state.js";
import type { LadderSeverity } from "../../src/domain/ladder.js";
import { severityRank } from "../../src/domain/severity.js";
import type { TocsinWorld } from "./tocsin-world.js";

export interface Watch {
  /** Looks now, and compares with the last look. `isEscalated`: somebody has asked for the next step since, not for the first. */
  look(isEscalated: boolean): Promise<void>;
  readonly faults: readonly string[];
}

export function watchIncident(world: TocsinWorld, service: string): Watch {
  const faults: string[] = [];
  let before: Conversation | undefined;
  return {
    faults,
    async look(isEscalated) {
      const incident = world.incident(service);
      if (incident === undefined || incident.closing !== undefined) return;
      const { conversations } = (await incident.query("status")) as {
        readonly conversations: readonly Conversation[];
      };
      const after = conversations.at(-1);
      if (before !== undefined && before.id === after?.id) {
        const found = [...(isEscalated ? [] : unpaged(before, after)), ...worse(before, after)];
        faults.push(...found.map((fault) => `${Math.round(world.now() / 1_000)}s ${fault}`));
      }
      before = after;
    },
  };
}

/** Severities in which nobody has something, and had everything before, while no ladder begins and nobody has been called. */
function unpaged(before: Conversation, after: Conversation): readonly string[] {
  return (["critical", "warning"] as const).flatMap((severity) => {
    if (isOpen(before, severity) || !isOpen(after, severity)) return [];
    const next = after.ladders[severity]?.next;
    const begins = next === undefined || (next.what === "step" && next.step === 0 && next.loop === 1);
    const wasCalled = calls(after, severity) > calls(before, severity);
    return begins || wasCalled ? [] : [`nobody is paged for what is ${severity} and nobody has`];
  });
}

/** What the same acknowledgement covers and is worse than before. */
function worse(before: Conversation, after: Conversation): readonly string[] {
  if (after.acknowledgement === undefined || after.acknowledgement.at !== before.acknowledgement?.at)
    return [];
  const open = uncovered(after);
  return after.members.flatMap((member) => {
    const was = before.members.find(({ alert }) => alert === member.alert);
    if (was === undefined || open.includes(member)) return [];
    return severityRank(member.severity) > severityRank(was.severity)
      ? [`${member.alert} is ${member.severity} now, and ${after.acknowledgement?.by ?? ""} still has it`]
      : [];
  });
}

function isOpen(conversation: Conversation, severity: LadderSeverity): boolean {
  return uncovered(conversation).some((member) => member.severity === severity);
}

function calls({ lanes }: Conversation, severity: LadderSeverity): number {
  return lanes.filter(({ reached }) => reached.includes(severity)).reduce((sum, { pages }) => sum + pages, 0);
}
