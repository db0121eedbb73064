/**
 * What can be sent to a workflow and asked of it, in the words that the Temporal UI shows beside each, and what a workflow is. Static
 * summary and details are lost when a workflow continues as new (a run's command has no place for them), so the live details say both.
 */

import type { IncidentCommandName } from "../src/domain/commands.js";
import type { ServiceId } from "../src/domain/ids.js";
import type { MonitorCommandName } from "./names.js";

/** One command: what it does, and the fields it reads beside `command_id` and `episode`. */
export interface Steering {
  readonly does: string;
  readonly fields: readonly string[];
  /** Those of them that narrow it to a part. */
  readonly aims: readonly string[];
}

export const INCIDENT_STEERING = {
  acknowledge: {
    does: "Somebody has it: no further steps and repeats.",
    fields: ["by", "note", "for", "alerts"],
    aims: ["alerts", "episode"],
  },
  unacknowledge: {
    does: "Take the acknowledgement back: it pages again.",
    fields: ["by"],
    aims: ["episode"],
  },
  pause: { does: "Tell nobody but ends for a time.", fields: ["by", "for", "reason"], aims: ["episode"] },
  resume: { does: "End the pause.", fields: ["by"], aims: ["episode"] },
  resolve: {
    does: "End it by hand: alerts are released, ends are told.",
    fields: ["by", "reason"],
    aims: ["episode"],
  },
  escalate: { does: "Tell the next step now.", fields: ["by"], aims: ["episode"] },
  comment: { does: "Note something in the timeline.", fields: ["by", "text"], aims: ["episode"] },
} as const satisfies Readonly<Record<IncidentCommandName, Steering>>;

export const MONITOR_STEERING = {
  pause: {
    does: "Stop probing and judging a check, a service or all of it.",
    fields: ["by", "for", "reason", "service", "check"],
    aims: ["service", "check"],
  },
  resume: { does: "End a pause.", fields: ["by", "service", "check"], aims: ["service", "check"] },
  sweepNow: { does: "Probe now.", fields: ["by", "service", "check"], aims: ["service", "check"] },
  reconfigure: {
    does: "Take an applied configuration; without one, the one applied last.",
    fields: ["revision"],
    aims: [],
  },
} as const satisfies Readonly<Record<MonitorCommandName, Steering>>;

/** What machines send each other, and what can be asked. */
export const HANDLERS = {
  members: "From a monitor, not from people: every alert of the service that fires.",
  recheck: "Silences or maintenance have changed: look again.",
  released: "From an incident, not from people: a person has resolved these alerts by hand.",
  acknowledged: "From an incident, not from people: a person has these alerts.",
  status: "What it knows now.",
  timeline: "What happened, oldest first: the newest lines; the store has all of them.",
  incidentWhy: "Who was told, who was not, and who is next.",
  monitorWhy: "Every alert that is not good with the numbers it is decided by; with an alert's id, that one.",
} as const;

export function describe({ does, fields }: Steering): string {
  return `${does} {${fields.join(", ")}}`;
}

/** Markdown: how to act on this workflow from its own page. */
export function steeringText(commands: Readonly<Record<string, Steering>>): readonly string[] {
  return [
    "**To act on it**, send a signal (More Actions, Send a Signal), or an update of the same name, which answers. Every field is optional, and so is the whole input:",
    "",
    ...Object.entries(commands).map(
      ([name, { does, fields }]) => `- \`${name}\` \`{${fields.join(", ")}}\`: ${does}`,
    ),
  ];
}

export function monitorSummary(system: string): string {
  return `Sweeps ${system} and judges what it sees`;
}

export function incidentSummary(service: ServiceId): string {
  return `What is wrong with ${service}, and who has been told`;
}
