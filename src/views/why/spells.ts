/** An alert's edges, cut into spells of trouble: each from the first bad reading to its end. Pure. */

import type { AlertId } from "../../domain/ids.js";
import type { AlertTransition } from "../../domain/story.js";

export interface Spell {
  readonly alert: AlertId;
  /** Oldest first, at least one. */
  readonly edges: readonly AlertTransition[];
  /** Present once it has fired. */
  readonly episode?: number;
  readonly over: boolean;
}

/** Of all alerts in `transitions` (any order), oldest first. A spell whose beginning was not read begins with what was. */
export function spellsOf(transitions: readonly AlertTransition[]): readonly Spell[] {
  const byAlert = new Map<AlertId, AlertTransition[]>();
  for (const edge of [...transitions].sort((a, b) => a.at - b.at || a.seq - b.seq)) {
    byAlert.set(edge.alert, [...(byAlert.get(edge.alert) ?? []), edge]);
  }
  return [...byAlert.values()].flatMap(cut).sort((a, b) => beganAt(a) - beganAt(b));
}

function beganAt({ edges }: Spell): number {
  return edges[0]?.at ?? 0;
}

function cut(edges: readonly AlertTransition[]): readonly Spell[] {
  const spells: AlertTransition[][] = [];
  for (const edge of edges) {
    const current = spells.at(-1);
    // A monitor that was lost leaves a spell without an end: the next one begins all the same.
    if (current === undefined || edge.from === "inactive" || current.at(-1)?.to === "inactive")
      spells.push([edge]);
    else current.push(edge);
  }
  return spells.flatMap((each): readonly Spell[] => {
    const [first] = each;
    if (first === undefined) return [];
    const episode = each.find((edge) => edge.episode !== undefined)?.episode;
    return [
      {
        alert: first.alert,
        edges: each,
        over: each.at(-1)?.to === "inactive",
        ...(episode === undefined ? {} : { episode }),
      },
    ];
  });
}
