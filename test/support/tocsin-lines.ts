/** What happened in a Tocsin under virtual time, as short lines that a person can compare at a glance. */

import { composeMessage } from "../../src/domain/compose-message.js";
import { serviceOfIncident } from "../../src/domain/ids.js";
import type { Plan } from "../../src/domain/plan.js";
import { messageText } from "../../src/notifiers/message-text.js";
import type { Told, TocsinWorld } from "./tocsin-world.js";
import { EPOCH } from "./workflow-harness.js";

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Every attempt: `185s firing pager n=1`, with the result where it was not accepted. */
export function tellings(world: TocsinWorld, notifier?: string): readonly string[] {
  return world.told.filter((told) => notifier === undefined || told.notifier === notifier).map(lineOf);
}

/** What the notifiers accepted. */
export function pages(world: TocsinWorld, notifier?: string): readonly string[] {
  const accepted = world.told.filter(({ result }) => result === "accepted");
  return accepted.filter((told) => notifier === undefined || told.notifier === notifier).map(lineOf);
}

/** `185s firing -> recovering: good again` of every edge that has reached the store. */
export function edges(world: TocsinWorld): readonly string[] {
  return world.transitions.map(
    ({ at, from, to, reason }) => `${Math.round((at - EPOCH) / SECOND)}s ${from} -> ${to}: ${reason}`,
  );
}

function lineOf({ at, kind, notifier, n, result }: Told): string {
  const outcome = result === "accepted" ? "" : ` (${result})`;
  return `${Math.round(at / SECOND)}s ${kind} ${notifier} n=${n}${outcome}`;
}

/** The message of an attempt as a person reads it, texts from `plan`. */
export function textOf(told: Told | undefined, plan: Plan): string {
  if (told === undefined) return "(nothing was told)";
  const surroundings = { ackCommand: `tocsin ack ${serviceOfIncident(told.incident)}`, links: {} };
  return messageText(composeMessage(told, plan, surroundings), 100);
}

/** Rows of the delivery log, without the accepted ones. */
export function troubledDeliveries(world: TocsinWorld): readonly string[] {
  return world.deliveries
    .filter(({ result }) => result !== "accepted")
    .map(
      ({ at, kind, notifier, n, attempt, result, reason }) =>
        `${Math.round((at - EPOCH) / SECOND)}s ${kind} ${notifier} n=${n} attempt ${attempt}: ${result}, ${reason ?? ""}`,
    );
}

/** Faults of what was accepted: a key that was taken twice, or a message that overtook an earlier one of its incident. */
export function deliveryFaults(world: TocsinWorld): readonly string[] {
  const taken = new Set<string>();
  const newest = new Map<string, number>();
  return world.told.flatMap(({ result, key, incident, notifier, n }) => {
    if (result !== "accepted") return [];
    const lane = `${incident}/${notifier}`;
    const faults = [
      ...(taken.has(key) ? [`${key} was taken twice`] : []),
      ...((newest.get(lane) ?? 0) > n ? [`${key} came after n=${newest.get(lane)}`] : []),
    ];
    taken.add(key);
    newest.set(lane, n);
    return faults;
  });
}

/** The log of incidents: `185s acknowledged by ada: …`. */
export function logLines(world: TocsinWorld, ...kinds: readonly string[]): readonly string[] {
  return world.events
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
    .map(({ at, kind, by, text }) => {
      const who = by === undefined ? "" : ` by ${by}`;
      return `${Math.round((at - EPOCH) / SECOND)}s ${kind}${who}: ${text}`;
    });
}

/** Every incident id that anybody was told of, in order. */
export function incidentsTold(world: TocsinWorld): readonly string[] {
  return [...new Set(world.told.map(({ incident }) => incident))];
}
