/** What can be said to a monitor: every command is a signal and an update of the same name, taken in by the monitor's one loop. */

import { condition, log, setDefaultSignalHandler, setHandler } from "@temporalio/workflow";

import { commandObject, durationField, present, textField } from "../src/domain/command-input.js";
import type { CommandInput } from "../src/domain/command-input.js";
import type { CommandAnswer } from "../src/domain/commands.js";
import type { RevisionId } from "../src/domain/ids.js";
import { pauseChecks, remember, resumeChecks, sweepChecks } from "../src/domain/monitor-commands.js";
import type { MonitorCommandStep } from "../src/domain/monitor-commands.js";
import { acknowledged, release } from "../src/domain/monitor-machine.js";
import type { CheckKey } from "../src/domain/monitor-plan.js";
import type { MonitorStep } from "../src/domain/monitor-state.js";
import { parseServiceId } from "../src/domain/ids.js";
import type { MonitorRun } from "./monitor-run.js";
import { monitorStatus, monitorWhy } from "./monitor-view.js";
import type { AlertsMessage, MonitorCommandName } from "./names.js";
import {
  acknowledgedSignal,
  commandSignal,
  commandUpdate,
  releasedSignal,
  statusQuery,
  whyQuery,
} from "./names.js";

/** What the loop does itself after the messages have been taken. */
export interface Wanted {
  readonly sweepNow: readonly CheckKey[];
  readonly revision?: RevisionId;
}

export interface MonitorMessages {
  waiting(): boolean;
  /** Folds everything that has come, in order; `apply` takes each step. */
  take(apply: (step: MonitorStep) => void): Wanted;
}

interface Waiting {
  readonly name: MonitorCommandName | "released" | "acknowledged";
  readonly input: CommandInput;
  readonly alerts?: AlertsMessage;
  readonly answered: (answer: CommandAnswer) => void;
}

const DESCRIPTIONS = {
  pause: "Stop probing and judging a check, a service or all of it: {by, for, reason, service, check}",
  resume: "End a pause: {by, service, check}",
  sweepNow: "Probe now: {service, check}",
  reconfigure: "Take an applied configuration: {revision}",
} as const satisfies Record<MonitorCommandName, string>;

/** Registers every handler; call it before anything is awaited. */
export function receiveMonitorMessages(run: MonitorRun): MonitorMessages {
  let inbox: Waiting[] = [];

  for (const name of Object.keys(DESCRIPTIONS) as MonitorCommandName[]) {
    const description = DESCRIPTIONS[name];
    setHandler(
      commandSignal(name),
      (input) => void inbox.push({ name, input: commandObject(input), answered: logRefusal }),
      { description },
    );
    setHandler(
      commandUpdate(name),
      async (input) => {
        let answer: CommandAnswer | undefined;
        inbox.push({ name, input: commandObject(input), answered: (given) => (answer = given) });
        await condition(() => answer !== undefined);
        return answer ?? { ok: false, text: "not answered" };
      },
      { description },
    );
  }
  for (const [name, signal] of [
    ["released", releasedSignal],
    ["acknowledged", acknowledgedSignal],
  ] as const) {
    setHandler(signal, (alerts) => void inbox.push({ name, input: {}, alerts, answered: logRefusal }));
  }
  setHandler(statusQuery, () => monitorStatus(run));
  setHandler(whyQuery, (alert?: string) => monitorWhy(run, alert));
  setDefaultSignalHandler((name) => {
    log.warn("a signal that a monitor does not know was ignored", { name });
  });

  return {
    waiting: () => inbox.length > 0,
    take(apply) {
      const taken = inbox;
      inbox = [];
      const probe: CheckKey[] = [];
      let revision: RevisionId | undefined;
      for (const message of taken) {
        if (message.name === "reconfigure") {
          revision = textField(message.input, "revision", 64) as RevisionId | undefined;
          message.answered({ ok: true, text: `taking revision ${revision ?? "that was applied last"}` });
          revision ??= "" as RevisionId;
          continue;
        }
        const done = fold(run, message);
        apply(done.step);
        probe.push(...done.probe);
        message.answered(done.answer);
      }
      return { sweepNow: probe, ...(revision === undefined ? {} : { revision }) };
    },
  };
}

function fold(run: MonitorRun, message: Waiting): MonitorCommandStep {
  const now = Date.now();
  const { plan } = run;
  if (message.alerts !== undefined) {
    const { alerts, all, service } = message.alerts;
    const named = parseServiceId(service);
    const step =
      message.name === "released"
        ? release(run.state, plan, named.service, alerts, all, now)
        : acknowledged(run.state, plan, alerts, now);
    return { step, answer: { ok: true, text: "taken" }, probe: [] };
  }
  const { state, repeated } = remember(run.state, textField(message.input, "command_id", 200));
  if (repeated) {
    return {
      step: { state, effects: [] },
      answer: { ok: true, text: "already done: this command was taken before" },
      probe: [],
    };
  }
  const command = present({
    by: textField(message.input, "by", 100),
    service: textField(message.input, "service", 63),
    check: textField(message.input, "check", 63),
    for: durationField(message.input, "for"),
    reason: textField(message.input, "reason"),
  });
  if (message.name === "pause") return pauseChecks(state, plan, command, now);
  if (message.name === "resume") return resumeChecks(state, plan, command, now);
  return sweepChecks(state, plan, command);
}

function logRefusal(answer: CommandAnswer): void {
  if (!answer.ok) log.warn("a command was refused", { text: answer.text });
}
