/** What running incidents still have to tell under a configuration that is not the applied one any more (lifecycle 6). */

import type { IncidentId, RevisionId, ServiceId } from "../domain/ids.js";
import type { Lane } from "../domain/lane.js";
import { heardOrMaybe, laneAtRest } from "../domain/lane.js";
import { errorText } from "../lib/error-code.js";
import { wrap } from "../lib/text.js";
import type { LiveConversation } from "../temporal/live-status.js";
import type { Operations } from "../temporal/operations.js";
import type { Column } from "./output/table.js";
import { table } from "./output/table.js";

/** How long the list and all answers together may take. */
const ANSWERS_MS = 5_000;

interface Owed {
  readonly incident: IncidentId;
  readonly notifier: string;
  /** `page`: trouble that has not arrived yet. `end`: the end of trouble that has, or may have. */
  readonly owed: "page" | "end";
  /** Whose policy and notifier settings it is told under. */
  readonly revision: RevisionId;
}

export interface StillOwed {
  readonly owed: readonly Owed[];
  /** Services whose incident runs and did not say what it owes. */
  readonly unanswered: readonly ServiceId[];
  /** Why nobody knows which incidents run. */
  readonly unlisted?: string;
}

type Asking = Pick<Operations, "listIncidents" | "incidentStatus">;

/** Never rejects, and takes `withinMs` at most: what was applied stays applied, whoever can be asked now. */
export async function askOwed(
  operations: Asking,
  applied: RevisionId,
  withinMs = ANSWERS_MS,
): Promise<StillOwed> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      resolve(undefined);
    }, withinMs);
  });
  try {
    const running = await Promise.race([late, operations.listIncidents()]);
    if (running === undefined) return unlisted(`no answer within ${withinMs / 1000} s`);
    const asked = await Promise.all(
      running.map(async ({ service }): Promise<StillOwed> => {
        const conversations = await Promise.race([late, conversationsOf(operations, service)]);
        if (conversations === undefined) return { owed: [], unanswered: [service] };
        return { owed: conversations.flatMap((each) => owedOf(each, applied)), unanswered: [] };
      }),
    );
    return {
      owed: asked.flatMap(({ owed }) => owed),
      unanswered: asked.flatMap(({ unanswered }) => unanswered),
    };
  } catch (error) {
    return unlisted(errorText(error));
  } finally {
    clearTimeout(timer);
  }
}

/** Undefined when nobody answers for the incident. */
async function conversationsOf(
  operations: Asking,
  service: ServiceId,
): Promise<readonly LiveConversation[] | undefined> {
  try {
    const asked = await operations.incidentStatus(service);
    if (asked.state === "absent") return [];
    return asked.state === "answered" ? asked.value.conversations : undefined;
  } catch {
    // A server that has gone away since: whoever it was asked about has not answered.
    return undefined;
  }
}

function owedOf(conversation: LiveConversation, applied: RevisionId): readonly Owed[] {
  const { id: incident, revision, closed, endedAt, lanes } = conversation;
  if (revision === applied || closed) return [];
  return lanes.flatMap((lane) => {
    const what = [
      ...(owesPage(lane) ? ["page" as const] : []),
      ...(owesEnd(lane, endedAt) ? ["end" as const] : []),
    ];
    return what.map((owed) => ({ incident, notifier: lane.notifier, owed, revision }));
  });
}

function owesPage({ draft }: Lane): boolean {
  return draft !== undefined && draft.content.kind !== "resolved";
}

/** An end that was refused for good lies among the dead letters. */
function owesEnd(lane: Lane, endedAt: number | undefined): boolean {
  return heardOrMaybe(lane) !== undefined && !(endedAt !== undefined && laneAtRest(lane));
}

function unlisted(why: string): StillOwed {
  return { owed: [], unanswered: [], unlisted: why };
}

const COLUMNS: readonly Column<Owed>[] = [
  { title: "INCIDENT", text: ({ incident }) => incident, flexible: true },
  { title: "NOTIFIER", text: ({ notifier }) => notifier },
  { title: "OWED", text: ({ owed }) => owed },
  { title: "TOLD UNDER", text: ({ revision }) => revision },
];

/** Lines for a person; none when nothing is owed and everybody has answered. */
export function owedLines({ owed, unanswered, unlisted: why }: StillOwed, width: number): readonly string[] {
  const unknown = [
    ...(why === undefined ? [] : [`what open incidents still owe is not known: ${why}`]),
    ...(unanswered.length === 0
      ? []
      : [
          `no worker answers for ${unanswered.join(", ")}: what is owed there is not known; it is told under the settings that the incident was opened with`,
        ]),
  ].flatMap((line) => wrap(line, width));
  return [
    ...(owed.length === 0 ? [] : ["still owed under earlier settings:", ...table(COLUMNS, owed, width)]),
    ...unknown,
  ];
}
