/**
 * The validated configuration, as plain JSON: what workflows and activities work from. Durations are milliseconds, secrets are
 * still references (`env:NAME`, `file:PATH`), every default is filled in. Built by `src/config`, kept by revision in the store.
 */

import type { RevisionId } from "./ids.js";
import type { Severity } from "./severity.js";

/** Owner of what has none. */
export const NOBODY = "nobody";

/** JSON as a check type's or notifier's schema returned it. */
export type PlainSpec = Readonly<Record<string, unknown>>;

export interface RulePlan {
  readonly name: string;
  /** CEL over the reading; absent: the outcome is bad. */
  readonly when?: string;
  readonly forMs: number;
  /** Present for an event rule: it fires at once and stays this long. */
  readonly hold?: number | "until_ack";
  readonly recoverForMs: number;
  readonly recoverAfter: number;
  readonly minBad: number;
  readonly unknownForMs: number;
  readonly severity: Severity;
  readonly summary: string;
  readonly action?: string;
  readonly runbook?: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface CheckPlan {
  readonly name: string;
  readonly type: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** The monitor shard that sweeps it, where that is not the one of its service: only checks of a service that is split have one. */
  readonly shard?: number;
  /** The location whose workers probe it; absent: any worker. */
  readonly from?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** CEL expectations on top of the type's own; all that fail are reported. */
  readonly assert: readonly string[];
  /** Field name to JSON path, lifted out of a JSON answer. */
  readonly fields: Readonly<Record<string, string>>;
  /** Makes a subject of every item of an array or map in a JSON answer. */
  readonly each?: {
    readonly path: string;
    readonly subject?: string;
    readonly fields: Readonly<Record<string, string>>;
  };
  /** Subjects that must be reported; the absence of one is bad. */
  readonly subjects: readonly string[];
  readonly spec: PlainSpec;
  /** What to show a person as the address probed; no secrets. */
  readonly target: string;
  readonly rules: readonly RulePlan[];
}

export interface ServicePlan {
  readonly name: string;
  readonly owner?: string;
  /** A key of `Plan.policies`. */
  readonly policy: string;
  /** The monitor shard that sweeps its checks, but for those that name another; 1 is the first. Sticky over revisions. */
  readonly shard: number;
  readonly checks: readonly CheckPlan[];
}

export interface SystemPlan {
  readonly name: string;
  readonly owner?: string;
  readonly services: readonly ServicePlan[];
}

export interface PolicyStep {
  /** Counted from the step before (the first: from the telling's start). */
  readonly afterMs: number;
  readonly notify: readonly string[];
}

export interface PolicyPlan {
  readonly name: string;
  readonly critical: readonly PolicyStep[];
  readonly warning: readonly PolicyStep[];
  /** Times through the critical steps before the fallback. */
  readonly loops: number;
  readonly fallback: readonly string[];
  readonly repeatMs: { readonly critical: number; readonly warning: number };
  /** Critical only. */
  readonly ackTimeoutMs: number;
  readonly groupWaitMs: { readonly critical: number; readonly warning: number };
  readonly reopenWithinMs: number;
}

export interface NotifierPlan {
  readonly name: string;
  readonly type: string;
  readonly spec: PlainSpec;
  /** Whether this notifier may reach private addresses. */
  readonly allowPrivate: boolean;
}

export interface SchedulePlan {
  readonly name: "doctor" | "housekeeping";
  /** Exactly one of `everyMs` and `cron`. */
  readonly everyMs?: number;
  readonly cron?: string;
  readonly timezone?: string;
}

/** CIDR blocks or host names beyond the defaults of the two egress classes. */
export interface EgressPlan {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

export interface RetentionPlan {
  readonly rawMs: number;
  readonly fiveMinutesMs: number;
  readonly hourlyMs: number;
}

export interface Plan {
  readonly revision: RevisionId;
  readonly systems: readonly SystemPlan[];
  readonly notifiers: Readonly<Record<string, NotifierPlan>>;
  readonly policies: Readonly<Record<string, PolicyPlan>>;
  readonly schedules: readonly SchedulePlan[];
  readonly egress: EgressPlan;
  readonly retention: RetentionPlan;
}
