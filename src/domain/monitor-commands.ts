/** What a person's command changes in a monitor. Pure; refuses with a sentence, never throws. */

import type { CommandAnswer, MonitorPauseCommand, MonitorTargetCommand } from "./commands.js";
import { commandDurationMs } from "./commands.js";
import type { CheckKey, MonitorPlan } from "./monitor-plan.js";
import { serviceOfKey } from "./monitor-plan.js";
import { addPause, removePause, scopeText } from "./monitor-pauses.js";
import type { MonitorPause, MonitorState, MonitorStep } from "./monitor-state.js";
import { utc } from "./utc.js";

const DEFAULT_PAUSE_MS = 60 * 60_000;
const MAX_PAUSE_MS = 7 * 24 * 60 * 60_000;
const REMEMBERED_COMMANDS = 50;
const WHICH_SERVICE = "say which service the check is of";

export interface MonitorCommandStep {
  readonly step: MonitorStep;
  readonly answer: CommandAnswer;
  /** Checks to probe at once. */
  readonly probe: readonly CheckKey[];
}

interface Scope {
  readonly service?: string;
  readonly check?: string;
}

/** Whether this command was taken before; a new one is remembered. */
export function remember(
  state: MonitorState,
  commandId: string | undefined,
): { readonly state: MonitorState; readonly repeated: boolean } {
  if (commandId === undefined) return { state, repeated: false };
  if (state.commandIds.includes(commandId)) return { state, repeated: true };
  return {
    state: { ...state, commandIds: [...state.commandIds, commandId].slice(-REMEMBERED_COMMANDS) },
    repeated: false,
  };
}

export function pauseChecks(
  state: MonitorState,
  plan: MonitorPlan,
  command: MonitorPauseCommand,
  now: number,
): MonitorCommandStep {
  const forMs = command.for === undefined ? DEFAULT_PAUSE_MS : commandDurationMs(command.for);
  if (forMs === undefined || forMs === 0)
    return refused(state, `'for' is not a duration like 1h: ${JSON.stringify(command.for)}`);
  if (forMs > MAX_PAUSE_MS) return refused(state, "a pause lasts at most 7d");
  const scope = scopeOf(command);
  if (scope === undefined) return refused(state, WHICH_SERVICE);
  if (checksIn(plan, scope).length === 0) return refused(state, nothingThere(plan, scope));
  const pause: MonitorPause = {
    ...scope,
    by: command.by ?? "somebody",
    at: now,
    until: now + forMs,
    ...(command.reason === undefined ? {} : { reason: command.reason }),
  };
  const text = `paused ${scopeText(scope)} until ${utc(pause.until)}: not probed, not judged`;
  return { step: addPause(state, plan, pause, now), answer: { ok: true, text }, probe: [] };
}

/** Ends pauses; what they covered is probed at once, because one fresh reading decides. */
export function resumeChecks(
  state: MonitorState,
  plan: MonitorPlan,
  command: MonitorTargetCommand,
  now: number,
): MonitorCommandStep {
  const scope = scopeOf(command);
  if (scope === undefined) return refused(state, WHICH_SERVICE);
  const step = removePause(state, plan, scope, now);
  if (step.state.pauses.length === state.pauses.length) {
    return {
      step: { state, effects: [] },
      answer: { ok: true, text: `${scopeText(scope)} is not paused` },
      probe: [],
    };
  }
  return { step, answer: { ok: true, text: `resumed ${scopeText(scope)}` }, probe: checksIn(plan, scope) };
}

export function sweepChecks(
  state: MonitorState,
  plan: MonitorPlan,
  command: MonitorTargetCommand,
): MonitorCommandStep {
  const scope = scopeOf(command);
  if (scope === undefined) return refused(state, WHICH_SERVICE);
  const probe = checksIn(plan, scope);
  if (probe.length === 0) return refused(state, nothingThere(plan, scope));
  const text = `probing ${probe.length} ${probe.length === 1 ? "check" : "checks"} of ${scopeText(scope)} now`;
  return { step: { state, effects: [] }, answer: { ok: true, text }, probe };
}

/** Undefined for a check of no service: who forgot to name that does not mean everything. */
function scopeOf({ service, check }: MonitorTargetCommand): Scope | undefined {
  if (service === undefined) return check === undefined ? {} : undefined;
  return { service, ...(check === undefined ? {} : { check }) };
}

function checksIn(plan: MonitorPlan, scope: Scope): readonly CheckKey[] {
  return plan.checks
    .map(({ key }) => key)
    .filter((key) => scope.service === undefined || serviceOfKey(key) === scope.service)
    .filter((key) => scope.check === undefined || key === `${scope.service ?? ""}/${scope.check}`);
}

function nothingThere(plan: MonitorPlan, scope: Scope): string {
  const services = [...new Set(plan.checks.map(({ key }) => serviceOfKey(key)))];
  return `this monitor has no check in ${scopeText(scope)}; its services: ${services.slice(0, 10).join(", ")}`;
}

function refused(state: MonitorState, text: string): MonitorCommandStep {
  return { step: { state, effects: [] }, answer: { ok: false, text }, probe: [] };
}
