/** What a monitor tells an incident: the whole slice of firing alerts it answers for, every time (lifecycle 1). */

import type { EndReason } from "./alert-state.js";
import type { AlertId, RevisionId } from "./ids.js";
import { parseAlertId } from "./ids.js";
import type { PolicyPlan } from "./plan.js";
import type { Severity } from "./severity.js";
import { severityRank } from "./severity.js";

/** Entries a slice carries at most; the rest is counted. */
export const MAX_MEMBERS = 50;

/** One firing alert. All times are epoch milliseconds of workflow time. */
export interface Member {
  readonly alert: AlertId;
  /** Firing time in epoch seconds. */
  readonly episode: number;
  readonly severity: Severity;
  readonly state: "firing" | "recovering";
  readonly since: number;
  readonly firedAt: number;
  readonly lastGoodAt?: number;
  readonly bad: number;
  readonly reason: string;
  readonly unknownSince?: number;
  /** Why nothing is known since then. */
  readonly unknownReason?: string;
  /** Unknown because its check answers and does not report this subject any more. */
  readonly absent?: true;
  readonly blindMs?: number;
  readonly paused?: { readonly by: string; readonly until: number };
}

/** A member that ended since its incident last confirmed that it knows. */
export interface EndedMember extends Member {
  readonly resolvedAt: number;
  readonly end: EndReason | "no longer reported by its monitor";
}

/** What an incident shows beside its alerts and decides nothing by. */
export interface IncidentTexts {
  readonly owner?: string;
  /** Of the worst alerts alone: a run carries them along. */
  readonly alerts: Readonly<Record<AlertId, AlertTexts>>;
}

export interface AlertTexts {
  readonly action?: string;
  readonly runbook?: string;
}

export interface MembersMessage {
  /** Workflow id of the monitor. */
  readonly from: string;
  /** Grows with every message of this sender; an older one that arrives later is ignored. */
  readonly seq: number;
  readonly revision: RevisionId;
  /** Worst first, at most {@link MAX_MEMBERS}. */
  readonly list: readonly Member[];
  /** Firing alerts beyond those listed. */
  readonly more: number;
  readonly ended: readonly EndedMember[];
  /** The sender has told this incident of trouble before: one that knows nothing of it was terminated, reset or lost. */
  readonly known: boolean;
  /** The service's policy under `revision`, so that an incident that opens need not ask for it. */
  readonly policy?: PolicyPlan;
  /** What the incident shows beside its alerts, under the same revision. */
  readonly texts?: IncidentTexts;
}

/** Names one episode of one alert. */
export function memberKey(member: Pick<Member, "alert" | "episode">): string {
  return `${member.alert}#${member.episode}`;
}

/** The alert that {@link memberKey} names: an id has no `#`, subjects are percent-encoded. */
export function alertOfKey(key: string): string {
  return key.slice(0, key.lastIndexOf("#"));
}

/** `<check>/<rule>`: subjects of one rule share it. */
export function ruleKey(alert: AlertId): string {
  const { check, rule } = parseAlertId(alert);
  return `${check}/${rule}`;
}

/** Severity first, then the longest in trouble, then by name: the order in which people read them. */
export function worstFirst(a: Member, b: Member): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) || a.since - b.since || (a.alert < b.alert ? -1 : 1)
  );
}
