/** What can be said to a monitor: every command is a signal and an update of the same name, taken in by the monitor's one loop. */

import { setDefaultSignalHandler, setHandler } from "@temporalio/workflow";

import { BLIND_SERVICE } from "../src/domain/blindness.js";
import { commandObject, durationField, present, textField } from "../src/domain/command-input.js";
import type { CommandAnswer } from "../src/domain/commands.js";
import type { RevisionId, ServiceId } from "../src/domain/ids.js";
import { pauseChecks, remember, resumeChecks, sweepChecks } from "../src/domain/monitor-commands.js";
import type { MonitorCommandStep } from "../src/domain/monitor-commands.js";
import { acknowledged, release } from "../src/domain/monitor-machine.js";
import type { MeantEpisodes } from "../src/domain/monitor-machine.js";
import type { CheckKey } from "../src/domain/monitor-plan.js";
import type { MonitorStep } from "../src/domain/monitor-state.js";
import { parseServiceId } from "../src/domain/ids.js";
import { dirtyService } from "../src/domain/telling.js";
import { namedEpisodes } from "../src/domain/members-input.js";
import { answerGiven, receiveCommands } from "./given-commands.js";
import type { Given } from "./given-commands.js";
import { wantRevision } from "./monitor-revisions.js";
import type { MonitorRun, PlannedRun } from "./monitor-run.js";
import { isPlanned } from "./monitor-run.js";
import { monitorStatus, monitorWhy } from "./monitor-view.js";
import type { AlertsMessage, MonitorCommandName } from "./names.js";
import { acknowledgedSignal, releasedSignal, statusQuery, whyQuery } from "./names.js";
import { noSuchSignal, refused } from "./refusals.js";
import { HANDLERS, MONITOR_STEERING } from "./steering.js";

export interface MonitorMessages {
  /** Something can be taken now: before the first plan has been read, only another revision. */
  waiting(): boolean;
  /** What has come and has not been taken. */
  count(): number;
  /** Folds what can be taken, in order; `apply` takes each step. */
  take(apply: (step: MonitorStep) => void): void;
  /** Checks that somebody wants probed at once, each time it is asked only the new ones. */
  probes(): readonly CheckKey[];
}

type Command = Given<MonitorCommandName>;
type Waiting =
  | Command
  | { readonly name: "released" | "acknowledged"; readonly alerts: AlertsMessage }
  | { readonly name: "refused"; readonly text: string };

/** Registers every handler; call it before anything is awaited. */
export function receiveMonitorMessages(run: MonitorRun): MonitorMessages {
  let inbox: readonly Waiting[] = [];
  let probes: readonly CheckKey[] = [];
  const receive = (message: Waiting): void => void (inbox = [...inbox, message]);
  const canTake = ({ name }: Waiting): boolean =>
    name === "reconfigure" || name === "refused" || isPlanned(run);

  receiveCommands(MONITOR_STEERING, receive);
  for (const [name, signal] of [
    ["released", releasedSignal],
    ["acknowledged", acknowledgedSignal],
  ] as const) {
    setHandler(
      signal,
      (raw: unknown) => {
        const alerts = alertsMessage(raw);
        if (alerts === undefined) receive({ name: "refused", text: `${name}: its input makes no sense` });
        else receive({ name, alerts });
      },
      { description: HANDLERS[name] },
    );
  }
  setHandler(statusQuery, () => monitorStatus(run), { description: HANDLERS.status });
  setHandler(whyQuery, (alert?: string) => monitorWhy(run, alert), { description: HANDLERS.monitorWhy });
  setDefaultSignalHandler((name) => {
    receive({ name: "refused", text: noSuchSignal(name, Object.keys(MONITOR_STEERING)) });
  });

  return {
    waiting: () => inbox.some(canTake),
    count: () => inbox.length,
    take(apply) {
      const taken = inbox.filter(canTake);
      inbox = inbox.filter((message) => !canTake(message));
      for (const message of taken) {
        if (message.name === "refused") run.refused = refused(message.text);
        else if (message.name === "reconfigure") reconfigure(run, message);
        else if (isPlanned(run)) probes = [...probes, ...fold(run, message, apply)];
      }
    },
    probes() {
      const asked = probes;
      probes = [];
      return asked;
    },
  };
}

function reconfigure(run: MonitorRun, command: Command): void {
  const revision = textField(command.input, "revision", 64) as RevisionId | undefined;
  wantRevision(run, revision);
  answer(run, command, { ok: true, text: `taking revision ${revision ?? "that was applied last"}` });
}

function answer(run: MonitorRun, command: Command, given: CommandAnswer): void {
  run.refused = answerGiven(command, given) ?? run.refused;
}

/** Returns the checks to probe at once. */
function fold(
  run: PlannedRun,
  message: Exclude<Waiting, { readonly name: "refused" }>,
  apply: (step: MonitorStep) => void,
): readonly CheckKey[] {
  const now = Date.now();
  const { plan, state } = run;
  switch (message.name) {
    case "released": {
      const step = release(state, plan, meantBy(message.alerts), now);
      // Also when nothing of it fires here any more: then the incident has not heard of that.
      const { service } = message.alerts;
      const key = service === BLIND_SERVICE ? service : parseServiceId(service).service;
      apply({ ...step, state: dirtyService(step.state, key) });
      return [];
    }
    case "acknowledged":
      apply(acknowledged(state, plan, meantBy(message.alerts), now));
      return [];
    case "reconfigure":
    case "pause":
    case "resume":
    case "sweepNow": {
      const done = foldCommand(run, message, now);
      apply(done.step);
      answer(run, message, done.answer);
      return done.probe;
    }
  }
}

function foldCommand(run: PlannedRun, { name, input, misaimed }: Command, now: number): MonitorCommandStep {
  const { plan } = run;
  if (misaimed !== undefined) {
    return { step: { state: run.state, effects: [] }, answer: { ok: false, text: misaimed }, probe: [] };
  }
  const { state, repeated } = remember(run.state, textField(input, "command_id", 200));
  if (repeated) {
    const text = "already done: this command was taken before";
    return { step: { state, effects: [] }, answer: { ok: true, text }, probe: [] };
  }
  const command = present({
    by: textField(input, "by", 100),
    service: textField(input, "service", 63),
    check: textField(input, "check", 63),
    for: durationField(input, "for"),
    reason: textField(input, "reason"),
  });
  if (name === "pause") return pauseChecks(state, plan, command, now);
  if (name === "resume") return resumeChecks(state, plan, command, now);
  return sweepChecks(state, plan, command);
}

/** What an incident says of its alerts; undefined when it does not say which service it is about. */
function alertsMessage(raw: unknown): AlertsMessage | undefined {
  const { service, alerts, all } = commandObject(raw);
  if (typeof service !== "string" || !service.includes("/")) return undefined;
  return { service: service as ServiceId, alerts: namedEpisodes(alerts), all: all === true };
}

function meantBy({ service, alerts, all }: AlertsMessage): MeantEpisodes {
  return { service: parseServiceId(service).service, alerts, all };
}
