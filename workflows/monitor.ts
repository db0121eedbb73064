/**
 * The monitor of one shard of one system: sweeps its lanes, folds what comes back into the alerts, and keeps its incidents told
 * (design section 4). One loop makes every decision; handlers and activities only bring it something to decide on.
 */

import { allHandlersFinished, condition, continueAsNew, workflowInfo } from "@temporalio/workflow";

import { syncBlindness } from "../src/domain/blindness.js";
import type { AlertId } from "../src/domain/ids.js";
import { alertsDue, foldTime, upkeepDue } from "../src/domain/monitor-machine.js";
import { packMonitor, unpackMonitor } from "../src/domain/monitor-pack.js";
import type { CheckKey } from "../src/domain/monitor-plan.js";
import { checkOfAlert } from "../src/domain/monitor-plan.js";
import type { MonitorStep } from "../src/domain/monitor-state.js";
import { newMonitor } from "../src/domain/monitor-state.js";
import { flights } from "./flights.js";
import { fullnessOf, HISTORY_LIMITS } from "./history-budget.js";
import { showMonitor } from "./monitor-details.js";
import { receiveMonitorMessages } from "./monitor-messages.js";
import type { MonitorMessages } from "./monitor-messages.js";
import { readRevision } from "./monitor-revisions.js";
import type { MonitorInput, MonitorRun, PlannedRun } from "./monitor-run.js";
import { isPlanned } from "./monitor-run.js";
import { sweepChecksNow, sweepDueLanes } from "./monitor-sweeping.js";
import { tellIncidents } from "./monitor-tellings.js";
import { monitorShown } from "./monitor-view.js";
import { recorder } from "./recorder.js";
import { writeOwner } from "./owner-memo.js";
import { writeAttributes } from "./search-attributes.js";
import { wakeTimer } from "./wake-timer.js";

export async function monitor(input: MonitorInput): Promise<void> {
  const { revision, wanted } = input;
  const run: MonitorRun = {
    input,
    flights: flights(),
    rows: recorder(input.prefix, input.rows),
    state: input.state === undefined ? newMonitor(input.system) : unpackMonitor(input.state),
    plan: undefined,
    wanted: [revision === undefined ? {} : { revision }, ...(wanted ?? [])],
    refused: input.refused,
  };
  const messages = receiveMonitorMessages(run);
  const wake = wakeTimer();
  // Of its own, started when an alert becomes pending: the server fires a timer of less than a second up to a second late, and one
  // timer for everything would be started anew by the tick that comes just before a deadline.
  const deadline = wakeTimer();

  for (;;) {
    run.flights.take();
    messages.take((step) => {
      apply(run, step);
    });
    if (isPlanned(run)) decide(run, messages);
    const fullness = fullnessOf(input.limits ?? HISTORY_LIMITS, run.rows.isHeavy());
    const isIdle = (): boolean =>
      run.flights.count() === 0 && messages.count() === 0 && allHandlersFinished();
    if (isIdle() && isRetired(run)) return;
    if (isIdle() && fullness !== "roomy") break;
    if (fullness === "overfull") run.flights.recall(() => true);
    else launch(run);
    if (isPlanned(run)) {
      showMonitor(run);
      writeAttributes(monitorShown(run), run.plan.searchAttributes);
      writeOwner(run.plan.owner);
    }

    const leaves = fullness === "overfull" || isRetired(run);
    const due = fullness === "overfull" ? undefined : nextWake(run);
    wake.arm(due?.at, due?.what ?? "");
    const decides = fullness === "overfull" || !isPlanned(run) ? undefined : alertsDue(run.state, run.plan);
    deadline.arm(decides?.at, decides?.what ?? "");
    const isRung = (): boolean => wake.rung() || deadline.rung();
    await condition(() => run.flights.hasLanded() || messages.waiting() || isRung() || (leaves && isIdle()));
  }
  wake.cancel();
  deadline.cancel();
  // The snapshot and the hand-over are one synchronous step: a message that arrives later makes the server run this again.
  await continueAsNew<typeof monitor>(handedOver(run));
}

/** What has come to be decided since the last turn. */
function decide(run: PlannedRun, messages: MonitorMessages): void {
  sweepChecksNow(run, new Set(messages.probes()), (step) => {
    apply(run, step);
  });
  apply(run, foldTime(run.state, run.plan, Date.now()));
  run.state = syncBlindness(run.state, run.plan, Date.now());
}

function launch(run: MonitorRun): void {
  readRevision(run, (step) => {
    apply(run, step);
  });
  if (isPlanned(run)) {
    sweepDueLanes(run, (step) => {
      apply(run, step);
    });
    tellIncidents(run);
  }
  run.rows.launch(run.flights);
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
  if (isPlanned(run)) {
    sweepChecksNow(run, unconfirmed, (next) => {
      apply(run, next);
    });
  }
}

/** The earliest of: the next tick, upkeep, another try at the store. */
function nextWake(run: MonitorRun): { readonly at: number; readonly what: string } | undefined {
  const rows = run.rows.due();
  const all = [
    ...(isPlanned(run) ? plannedWakes(run) : []),
    ...(rows === undefined ? [] : [{ at: rows, what: "try the store again" }]),
  ];
  return all.reduce<{ readonly at: number; readonly what: string } | undefined>(
    (first, each) => (first === undefined || each.at < first.at ? each : first),
    undefined,
  );
}

function plannedWakes(run: PlannedRun): readonly { readonly at: number; readonly what: string }[] {
  const due = upkeepDue(run.state, run.plan);
  const ticks = run.plan.lanes.flatMap((lane) => {
    const clock = run.state.lanes[lane.key];
    const what = `next sweep of the ${lane.everyMs / 1000}s lane`;
    return clock === undefined ? [] : [{ at: clock.next, what }];
  });
  return [...ticks, ...(due === undefined ? [] : [due])];
}

/** The configuration has no check for this monitor any more, and every incident has taken that. */
function isRetired(run: MonitorRun): boolean {
  const { plan, wanted, state, rows } = run;
  if (plan === undefined || plan.checks.length > 0 || wanted.length > 0) return false;
  return Object.keys(state.tellings).length === 0 && rows.count() === 0;
}

function handedOver(run: MonitorRun): MonitorInput {
  const { plan, state, rows } = run;
  const { wanted: _wanted, revision: _revision, ...input } = run.input;
  const [first, ...later] = plan === undefined ? run.wanted : [{ revision: plan.revision }, ...run.wanted];
  return {
    ...input,
    ...first,
    state: packMonitor(state),
    rows: rows.state(),
    ...(later.length === 0 ? {} : { wanted: later }),
    ...(run.refused === undefined ? {} : { refused: run.refused }),
  };
}
