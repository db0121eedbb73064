/**
 * The incident of one service: the conversation about it while alerts of it fire, and until every channel that was told has been
 * told the end (design section 4, lifecycle 5-7). One loop makes every decision.
 */

import { allHandlersFinished, condition, continueAsNew, isCancellation, log } from "@temporalio/workflow";

import { acknowledgedUntil } from "../src/domain/conversation.js";
import {
  dueDrafts,
  dueResends,
  foldPolicy,
  isClosable,
  newIncident,
  nextDue,
  tick,
} from "../src/domain/incident-machine.js";
import type { Conversation, IncidentEffect, IncidentStep } from "../src/domain/incident-state.js";
import { LADDER_SEVERITIES } from "../src/domain/acknowledgement.js";
import { parseServiceId } from "../src/domain/ids.js";
import type { LadderSeverity } from "../src/domain/ladder.js";
import { notifiersOf } from "../src/domain/ladder.js";
import { controlActivities } from "./activity-options.js";
import { flights } from "./flights.js";
import { fullnessOf, HISTORY_LIMITS } from "./history-budget.js";
import { attemptDelivery, attemptResend } from "./incident-deliveries.js";
import { showIncident } from "./incident-details.js";
import { receiveIncidentMessages } from "./incident-messages.js";
import type { IncidentInput, IncidentRun } from "./incident-run.js";
import { incidentShown } from "./incident-view.js";
import { incidentRows, remembered } from "./incident-rows.js";
import { NO_NOTES, withDelivery } from "./reader-notes.js";
import { RECORD, recorder } from "./recorder.js";
import { writeAttributes } from "./search-attributes.js";
import { tellMonitor } from "./tell-monitor.js";
import { wakeTimer } from "./wake-timer.js";

/** A run that no member ever reached waits so long for one before it returns. */
const FIRST_MEMBER_WAIT_MS = 60_000;
const POLICY = "policy ";

export async function incident(input: IncidentInput): Promise<void> {
  const run: IncidentRun = {
    input,
    flights: flights(),
    rows: recorder(input.prefix, input.rows),
    state: input.state ?? newIncident(input.service),
    timeline: input.timeline ?? [],
    searchAttributes: input.searchAttributes ?? false,
    readerNotes: input.readerNotes ?? NO_NOTES,
  };
  const messages = receiveIncidentMessages(run);
  const wake = wakeTimer();
  const startedAt = Date.now();

  for (;;) {
    run.flights.take();
    messages.take((step) => {
      apply(run, step);
    });
    apply(run, tick(run.state, Date.now()));
    const fullness = fullnessOf(input.limits ?? HISTORY_LIMITS, run.rows.isHeavy());
    const isIdle = (): boolean => run.flights.count() === 0 && !messages.waiting() && allHandlersFinished();
    const spokenTo = run.state.conversations.length > 0 || Date.now() >= startedAt + FIRST_MEMBER_WAIT_MS;
    const isOver = spokenTo && isClosable(run.state) && run.rows.count() === 0;
    const goesOn = !isOver && !(fullness !== "roomy" && isIdle());
    if (goesOn && fullness === "overfull") run.flights.recall(canBeMadeAgain);
    else if (goesOn) launch(run);
    showIncident(run);
    writeAttributes(incidentShown(run), run.searchAttributes);

    // Closing is one synchronous step: a message that arrives later makes the server run this turn again with it.
    if (isIdle() && isOver) return;
    if (isIdle() && !goesOn) break;
    const leaves = isOver || fullness === "overfull";
    const due = leaves ? undefined : spokenTo ? nextWake(run) : startedAt + FIRST_MEMBER_WAIT_MS;
    wake.arm(due, wakeText(run, due));
    await condition(
      () => run.flights.hasLanded() || messages.waiting() || wake.rung() || (leaves && isIdle()),
    );
  }
  wake.cancel();
  await continueAsNew<typeof incident>({
    ...input,
    state: run.state,
    rows: run.rows.state(),
    timeline: run.timeline,
    searchAttributes: run.searchAttributes,
    readerNotes: run.readerNotes,
  });
}

/** What is due: policies that conversations wait for, messages to notifiers, rows for the store. */
function launch(run: IncidentRun): void {
  readPolicies(run);
  for (const { conversation, notifier } of dueDrafts(run.state, Date.now()))
    attemptDelivery(run, conversation, notifier, apply);
  for (const { conversation, notifier } of dueResends(run.state, Date.now()))
    attemptResend(run, conversation, notifier, apply);
  run.rows.launch(run.flights);
}

/** Takes a step of the machine: its state, its rows, and what it asks other workflows. */
function apply(run: IncidentRun, step: IncidentStep): void {
  run.state = step.state;
  for (const effect of step.effects) takeEffect(run, effect);
}

function takeEffect(run: IncidentRun, effect: IncidentEffect): void {
  switch (effect.effect) {
    case "log":
    case "delivery":
      run.timeline = remembered(run.timeline, effect, Date.now());
      for (const row of incidentRows(run, effect, Date.now())) run.rows.add(row);
      if (effect.effect === "delivery")
        run.readerNotes = withDelivery(run.readerNotes, effect, run.state.conversations, Date.now());
      return;
    case "tell-monitor":
      tellMonitor(run, effect, (step) => {
        apply(run, step);
      });
      return;
  }
}

/** An attempt may have arrived and a monitor may have heard: those are waited for. */
function canBeMadeAgain(key: string): boolean {
  return key === RECORD || key.startsWith(POLICY);
}

/** A conversation speaks under the policy of the revision it was opened with: read it once. */
function readPolicies(run: IncidentRun): void {
  for (const conversation of run.state.conversations) {
    if (conversation.policy !== undefined || conversation.closed) continue;
    const { service } = parseServiceId(run.input.service);
    run.flights.launch(
      POLICY + conversation.id,
      () =>
        controlActivities(run.input.prefix, `read the policy of ${service}`).openIncident({
          service: run.input.service,
          incident: conversation.id,
          revision: conversation.revision,
        }),
      (opened) => {
        run.searchAttributes = opened.searchAttributes;
        apply(run, foldPolicy(run.state, conversation.id, opened.policy));
      },
      (error) => {
        if (isCancellation(error)) return;
        log.error("the policy could not be read; trying again", { error: String(error) });
      },
    );
  }
}

function nextWake(run: IncidentRun): number | undefined {
  const times = [nextDue(run.state, Date.now()), run.rows.due()].filter((at) => at !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

function wakeText(run: IncidentRun, due: number | undefined): string {
  const live = run.state.conversations.at(-1);
  if (live === undefined || due === undefined) return "";
  const rung = LADDER_SEVERITIES.map((severity) => rungText(live, severity, due)).find(Boolean);
  if (rung !== undefined) return rung;
  if (acknowledgedUntil(live) === due) return "the acknowledgement ends";
  if (live.pause?.until === due) return "the pause ends";
  const lane = live.lanes.find((each) => each.draft?.nextAt === due);
  if (lane !== undefined) return `try ${lane.notifier} again`;
  const again = live.lanes.find(({ resendAt }) => resendAt === due);
  return again === undefined ? "look again" : `tell ${again.notifier} again, it must not forget`;
}

/** Whom the ladder of this severity tells at `due`; undefined when that is not its time. */
function rungText(
  { policy, ladders }: Conversation,
  severity: LadderSeverity,
  due: number,
): string | undefined {
  const next = ladders[severity]?.next;
  if (policy === undefined || next?.at !== due) return undefined;
  const through = next.loop === 1 ? "" : `, time ${next.loop} through`;
  const which = next.what === "step" ? `step ${next.step + 1}${through}` : next.what;
  return `tell ${notifiersOf(next, policy, severity).join(", ")} (${severity}, ${which}) unless acknowledged`;
}
