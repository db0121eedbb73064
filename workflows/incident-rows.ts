/** What an incident writes down: rows for the store, and the newest lines for the timeline query. */

import { workflowInfo } from "@temporalio/workflow";

import type { IncidentEffect } from "../src/domain/incident-state.js";
import type { IncidentRun, TimelineEntry } from "./incident-run.js";
import type { Row } from "./recorder.js";

/** Lines kept for the query; the store has all of them. */
const REMEMBERED = 60;

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
  const entry: TimelineEntry =
    effect.effect === "log"
      ? {
          at,
          kind: effect.log.kind,
          text: effect.log.text.slice(0, 200),
          ...(effect.log.by === undefined ? {} : { by: effect.log.by }),
        }
      : {
          at,
          kind: effect.result,
          text: `${effect.kind} n=${effect.n} to ${effect.notifier}${effect.reason === undefined ? "" : `: ${effect.reason.slice(0, 150)}`}`,
        };
  return [...timeline, entry].slice(-REMEMBERED);
}
