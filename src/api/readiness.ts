/** Whether Tocsin does its work: Temporal answers, the store answers, and sweeps are fresh. */

import type { Plan } from "../domain/plan.js";
import type { ApiDependencies } from "./dependencies.js";

/** How long one part may take to answer. */
const PART_MS = 2_000;

interface Part {
  readonly status: "ok" | "error";
  readonly detail?: string;
}

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<"temporal" | "store" | "sweeps", Part>>;
}

/** Asks all parts at once; each has 2 s. */
export async function readiness(dependencies: ApiDependencies): Promise<Readiness> {
  const [temporal, store, sweeps] = await Promise.all([
    part(() => dependencies.pingTemporal()),
    part(() => dependencies.store.ping()),
    part(() => freshSweeps(dependencies)),
  ]);
  const checks = { temporal, store, sweeps };
  return { ready: Object.values(checks).every(({ status }) => status === "ok"), checks };
}

async function part(ask: () => Promise<unknown>): Promise<Part> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${PART_MS} ms`));
    }, PART_MS);
  });
  try {
    await Promise.race([ask(), late]);
    return { status: "ok" };
  } catch (error) {
    return { status: "error", detail: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Rejects when the newest reading is older than three of the longest intervals. */
async function freshSweeps({ clock, store, currentPlan }: ApiDependencies): Promise<void> {
  const plan = await currentPlan();
  const longestMs = plan === undefined ? undefined : longestInterval(plan);
  if (longestMs === undefined) throw new Error("nothing is configured");
  const [newest] = await store.lastReadings(1);
  if (newest === undefined) throw new Error("no sweep has been recorded yet");
  const ageMs = clock.now() - newest.at;
  if (ageMs > 3 * longestMs) throw new Error(`the newest reading is ${Math.round(ageMs / 1000)} s old`);
}

function longestInterval(plan: Plan): number | undefined {
  const intervals = plan.systems.flatMap(({ services }) =>
    services.flatMap(({ checks }) => checks.map(({ everyMs }) => everyMs)),
  );
  return intervals.length === 0 ? undefined : Math.max(...intervals);
}
