/**
 * The monitor of one shard of one system: sweeps its lanes, folds what comes back into the alerts, and keeps its incidents told
 * (design section 4). One loop makes every decision; handlers and activities only bring it something to decide on.
 */

import { allHandlersFinished, condition, continueAsNew, log, workflowInfo } from "@temporalio/workflow";

import { syncBlindness } from "../src/domain/blindness.js";
import { checkOfAlert } from "../src/domain/monitor-plan.js";
import type { CheckKey, LanePlan } from "../src/domain/monitor-plan.js";
import { foldSweep, foldTime, monitorDue, sweepInput, takePlan } from "../src/domain/monitor-machine.js";
import type { MonitorStep } from "../src/domain/monitor-state.js";
import { newMonitor } from "../src/domain/monitor-state.js";
import { tickLane } from "../src/domain/lane-clock.js";
import { dueTellings } from "../src/domain/telling.js";
import type { AlertId, RevisionId } from "../src/domain/ids.js";
import { controlActivities, sweepActivities } from "./activity-options.js";
import { flights } from "./flights.js";
import { HISTORY_LIMITS, isHistoryFull } from "./history-budget.js";
import { receiveMonitorMessages } from "./monitor-messages.js";
import type { MonitorMessages } from "./monitor-messages.js";
import { tellIncidents } from "./monitor-tellings.js";
import type { MonitorInput, MonitorRun } from "./monitor-run.js";
import { monitorShown, showMonitor } from "./monitor-view.js";
import { CARRIED_ROWS, recorder } from "./recorder.js";
import { attributeWriter } from "./search-attributes.js";
import { wakeTimer } from "./wake-timer.js";

export async function monitor(input: MonitorInput): Promise<void> {
  const run: MonitorRun = {
    input,
    flights: flights(),
    rows: recorder(input.prefix, input.rows),
    state: input.state ?? newMonitor(input.system),
    plan: {
      revision: "" as RevisionId,
      system: input.system,
      shard: input.shard,
      lanes: [],
      checks: [],
      timings: [],
      searchAttributes: false,
    },
    draining: false,
  };
  const messages = receiveMonitorMessages(run);
  const wake = wakeTimer();
  const writeAttributes = attributeWriter();
  await takeRevision(run, input.revision);

  for (;;) {
    run.flights.take();
    await takeMessages(run, messages);
    apply(run, foldTime(run.state, run.plan, Date.now()));
    run.state = syncBlindness(run.state, run.plan, Date.now());
    run.draining =
      run.draining || isHistoryFull(input.limits ?? HISTORY_LIMITS, run.rows.count() > CARRIED_ROWS);
    if (!run.draining) sweepDueLanes(run);
    if (!run.draining || dueTellings(run.state, Date.now()).length > 0) tellIncidents(run);
    if (!run.draining) run.rows.launch(run.flights);
    showMonitor(run);
    writeAttributes(monitorShown(run), run.plan.searchAttributes);

    const idle = run.flights.count() === 0 && !messages.waiting() && allHandlersFinished();
    if (idle && isRetired(run)) return;
    if (idle && run.draining) break;
    const due = nextWake(run);
    wake.arm(due?.at, due?.what ?? "");
    await condition(() => run.flights.hasLanded() || messages.waiting() || wake.rung() || isDrained(run));
  }
  wake.cancel();
  // The snapshot and the hand-over are one synchronous step: a message that arrives later makes the server run this again.
  await continueAsNew<typeof monitor>({
    ...input,
    revision: run.plan.revision,
    state: run.state,
    rows: run.rows.state(),
  });
}

/** Reads the plan and brings lanes and alerts in line with it. */
async function takeRevision(run: MonitorRun, revision: RevisionId | undefined): Promise<void> {
  const { prefix, system, shard } = run.input;
  const activities = controlActivities(prefix, `read the plan of ${system}`);
  run.plan = await activities.loadMonitor({ system, shard, ...(revision === undefined ? {} : { revision }) });
  apply(
    run,
    takePlan(run.state, run.plan, (lane) => staggerMs(lane), Date.now()),
  );
}

async function takeMessages(run: MonitorRun, messages: MonitorMessages): Promise<void> {
  const wanted = messages.take((step) => {
    apply(run, step);
  });
  for (const check of wanted.sweepNow) confirm(run, check);
  if (wanted.revision !== undefined && wanted.revision !== run.plan.revision) {
    await takeRevision(run, wanted.revision === "" ? undefined : wanted.revision);
  }
}

/** Takes a step of the machine: its state, its rows, and the checks that must be probed at once. */
function apply(run: MonitorRun, step: MonitorStep): void {
  run.state = step.state;
  const unconfirmed = new Set<CheckKey>();
  for (const effect of step.effects) {
    if (effect.effect === "confirm") {
      unconfirmed.add(checkOfAlert(effect.alert));
      continue;
    }
    const { from, to, at, episode, reason, facts } = effect.transition;
    run.rows.add({
      table: "transitions",
      row: {
        workflowId: workflowInfo().workflowId,
        seq: run.rows.nextSeq(),
        alert: `${run.input.system}/${effect.alert}` as AlertId,
        from,
        to,
        at,
        severity: effect.rule.severity,
        reason,
        facts,
        ...(episode === undefined ? {} : { episode }),
      },
    });
  }
  confirmAll(run, unconfirmed);
}

/** Launches every lane whose tick has come; a lane that is still under way skips it. */
function sweepDueLanes(run: MonitorRun): void {
  const now = Date.now();
  for (const lane of run.plan.lanes) {
    const clock = run.state.lanes[lane.key];
    if (clock === undefined || now < clock.next) continue;
    run.state = {
      ...run.state,
      lanes: { ...run.state.lanes, [lane.key]: tickLane(clock, lane.everyMs, now) },
    };
    launchSweep(run, lane, undefined, `lane ${lane.key}`, `sweep ${lane.everyMs / 1000}s lane`);
  }
}

function confirm(run: MonitorRun, check: CheckKey): void {
  confirmAll(run, new Set([check]));
}

/** Probes checks at once, together per lane: a deadline has passed and only a fresh reading may decide. */
function confirmAll(run: MonitorRun, checks: ReadonlySet<CheckKey>): void {
  for (const lane of run.plan.lanes) {
    const only = run.plan.checks
      .filter((check) => check.lane === lane.key && checks.has(check.key))
      .map(({ key }) => key);
    if (only.length === 0) continue;
    const what = only.length === 1 ? (only[0] ?? "") : `${only.length} checks`;
    launchSweep(run, lane, only, `confirm ${lane.key} ${only.join()} ${Date.now()}`, `confirm ${what}`);
  }
}

function launchSweep(
  run: MonitorRun,
  lane: LanePlan,
  only: readonly CheckKey[] | undefined,
  key: string,
  summary: string,
): void {
  const { plan } = run;
  const begunAt = Date.now();
  const input = sweepInput(run.state, plan, lane, only, begunAt);
  run.flights.launch(
    key,
    () => sweepActivities(run.input.prefix, lane, summary).sweep(input),
    (result) => {
      apply(run, foldSweep(run.state, plan, input, result, begunAt, Date.now()));
    },
    (error) => {
      log.warn("a sweep was given up", { lane: lane.key, error: String(error) });
    },
  );
}

/** The earliest of: the next tick, a deadline, another try at the store. */
function nextWake(run: MonitorRun): { readonly at: number; readonly what: string } | undefined {
  const due = monitorDue(run.state, run.plan);
  const ticks = run.draining
    ? []
    : run.plan.lanes.flatMap((lane) => {
        const clock = run.state.lanes[lane.key];
        return clock === undefined
          ? []
          : [{ at: clock.next, what: `next sweep of the ${lane.everyMs / 1000}s lane` }];
      });
  const rows = run.rows.due();
  const all = [
    ...ticks,
    ...(due === undefined ? [] : [due]),
    ...(rows === undefined ? [] : [{ at: rows, what: "try the store again" }]),
  ];
  return all.reduce<{ readonly at: number; readonly what: string } | undefined>(
    (first, each) => (first === undefined || each.at < first.at ? each : first),
    undefined,
  );
}

/** The configuration has no check for this monitor any more, and every incident has taken that. */
function isRetired(run: MonitorRun): boolean {
  return (
    run.plan.checks.length === 0 && Object.keys(run.state.tellings).length === 0 && run.rows.count() === 0
  );
}

function isDrained(run: MonitorRun): boolean {
  return run.draining && run.flights.count() === 0 && !run.flights.hasLanded() && allHandlersFinished();
}

/** Where in its interval a lane of this monitor ticks: spread by name, so that monitors do not tick together; at most 5 s after the start. */
function staggerMs(lane: LanePlan): number {
  const text = `${workflowInfo().workflowId} ${lane.key}`;
  let hash = 7;
  for (let index = 0; index < text.length; index += 1)
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) >>> 0;
  return hash % Math.min(lane.everyMs, 5_000);
}
