/** The search attributes of Tocsin's workflows, and how they are kept up to date: only when they are known to be registered, only on change. */

import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import { upsertSearchAttributes, workflowInfo } from "@temporalio/workflow";

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

/**
 * Writes what differs from what the server has, which is carried over continue-as-new. An unregistered attribute would wedge the
 * workflow for ever, hence `enabled`.
 */
export function writeAttributes(shown: Shown, enabled: boolean): void {
  if (!enabled) return;
  const { system, service = null, state, severity = null, openAlerts } = shown;
  const { typedSearchAttributes: known } = workflowInfo();
  const same =
    known.get(searchAttributes.system) === system &&
    (known.get(searchAttributes.service) ?? null) === service &&
    known.get(searchAttributes.state) === state &&
    (known.get(searchAttributes.severity) ?? null) === severity &&
    known.get(searchAttributes.openAlerts) === openAlerts;
  if (same) return;
  upsertSearchAttributes([
    { key: searchAttributes.system, value: system },
    { key: searchAttributes.service, value: service },
    { key: searchAttributes.state, value: state },
    { key: searchAttributes.severity, value: severity },
    { key: searchAttributes.openAlerts, value: openAlerts },
  ]);
}
