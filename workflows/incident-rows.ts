/** What an incident writes down: rows for the store, and the newest lines for the timeline query. */

import { workflowInfo } from "@temporalio/workflow";

import type { IncidentEffect } from "../src/domain/incident-state.js";
import { deliveryLine, eventLine } from "../src/domain/story-line.js";
import type { IncidentRun, TimelineEntry } from "./incident-run.js";
import type { Row } from "./recorder.js";

/** Lines kept for the query; the store has all of them. */
const REMEMBERED = 60;
const MAX_TEXT = 200;

type Written = Extract<IncidentEffect, { readonly effect: "log" | "delivery" }>;

export function incidentRows(run: IncidentRun, effect: Written, at: number): readonly Row[] {
  const { workflowId } = workflowInfo();
  const seq = run.rows.nextSeq();
  if (effect.effect === "log") {
    const { kind, text, by, facts } = effect.log;
    const row = {
      workflowId,
      seq,
      incident: effect.incident,
      at,
      kind,
      text,
      facts: facts ?? {},
      ...(by === undefined ? {} : { by }),
    };
    return [{ table: "incidentEvents", row }];
  }
  const { incident, notifier, n, kind, attempt, result, reason } = effect;
  const row = {
    workflowId,
    seq,
    key: `${incident}/${notifier}/${n}`,
    incident,
    notifier,
    n,
    at,
    kind,
    attempt,
    result,
  };
  return [{ table: "deliveries", row: reason === undefined ? row : { ...row, reason } }];
}

export function remembered(
  timeline: readonly TimelineEntry[],
  effect: Written,
  at: number,
): readonly TimelineEntry[] {
  const { kind, text } = effect.effect === "log" ? eventLine({ at, ...effect.log }) : deliveryLine(effect);
  const by = effect.effect === "log" ? effect.log.by : undefined;
  const entry = { at, kind, text: text.slice(0, MAX_TEXT), ...(by === undefined ? {} : { by }) };
  return [...timeline, entry].slice(-REMEMBERED);
}
