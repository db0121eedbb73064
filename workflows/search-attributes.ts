/** The search attributes of Tocsin's workflows, and how they are kept up to date: only when they are known to be registered, only on change. */

import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import { upsertSearchAttributes } from "@temporalio/workflow";

import type { Severity } from "../src/domain/severity.js";

/** Registered at start-up where Tocsin may; upserted only when they are known to be there. */
export const searchAttributes = {
  system: defineSearchAttributeKey("TocsinSystem", SearchAttributeType.KEYWORD),
  service: defineSearchAttributeKey("TocsinService", SearchAttributeType.KEYWORD),
  state: defineSearchAttributeKey("TocsinState", SearchAttributeType.KEYWORD),
  severity: defineSearchAttributeKey("TocsinSeverity", SearchAttributeType.KEYWORD),
  openAlerts: defineSearchAttributeKey("TocsinOpenAlerts", SearchAttributeType.INT),
} as const;

export interface Shown {
  readonly system: string;
  readonly service?: string;
  readonly state: string;
  readonly severity?: Severity;
  readonly openAlerts: number;
}

/** Writes what changed since it was last called. An unregistered attribute would wedge the workflow for ever, hence `enabled`. */
export function attributeWriter(): (shown: Shown, enabled: boolean) => void {
  let last = "";
  return (shown, enabled) => {
    const text = JSON.stringify(shown);
    if (!enabled || text === last) return;
    last = text;
    upsertSearchAttributes([
      { key: searchAttributes.system, value: shown.system },
      { key: searchAttributes.service, value: shown.service ?? null },
      { key: searchAttributes.state, value: shown.state },
      { key: searchAttributes.severity, value: shown.severity ?? null },
      { key: searchAttributes.openAlerts, value: shown.openAlerts },
    ]);
  };
}
