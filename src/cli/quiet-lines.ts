/** What `status` says beneath its tables of alerts that do not fire: about to, unknown, or not looked at yet. Pure. */

import type { SystemRow } from "../views/system-rows.js";

/** `quiet`: nothing fires and Tocsin sees, so that this is the news. */
export function quietLines(rows: readonly SystemRow[], quiet: boolean): readonly string[] {
  const unknown = sum(rows, ({ unknown: count }) => count);
  return [
    ...(quiet ? [nothingFires(rows)] : []),
    ...(unknown === 0 ? [] : [`${alertsAre(unknown)} unknown: tocsin alerts.`]),
  ];
}

function nothingFires(rows: readonly SystemRow[]): string {
  if (rows.every(({ sweptAt }) => sweptAt === undefined)) return "Nothing has been swept yet.";
  const pending = sum(rows, ({ pending: count }) => count);
  return pending === 0 ? "Nothing fires." : `Nothing fires; ${alertsAre(pending)} about to: tocsin alerts.`;
}

function alertsAre(count: number): string {
  return count === 1 ? "1 alert is" : `${count} alerts are`;
}

function sum(rows: readonly SystemRow[], of: (row: SystemRow) => number): number {
  return rows.reduce((all, row) => all + of(row), 0);
}
