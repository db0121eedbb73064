/** What processes cost, as Linux counts it: CPU time of every process of a tree, and its share of memory. */

import { readdirSync, readFileSync } from "node:fs";

/** Linux tells CPU time in hundredths of a second, whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100;

export interface Cost {
  /** User and system, of the process and of children of it that have ended. */
  readonly cpuSeconds: number;
  /** Memory that is its own and its share of what it shares: summed over PostgreSQL's processes, shared buffers count once. */
  readonly memoryMiB: number;
}

/** Of the process and of everything that it started, or of it alone. A process that has ended costs nothing any more. */
export function costOf(pid: number, { tree }: { readonly tree: boolean }): Cost {
  const pids = tree ? [pid, ...descendants(pid)] : [pid];
  const costs = pids.map((each) => costOfOne(each, tree));
  return {
    cpuSeconds: costs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    memoryMiB: costs.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0),
  };
}

function costOfOne(pid: number, ended: boolean): Cost {
  const fields = statOf(pid);
  if (fields === undefined) return { cpuSeconds: 0, memoryMiB: 0 };
  // utime and stime, then those of children that were waited for.
  const ticks = fields.slice(11, ended ? 15 : 13).reduce((sum, field) => sum + Number(field), 0);
  return { cpuSeconds: ticks / TICKS_PER_SECOND, memoryMiB: memoryOf(pid) };
}

/** From the third field of /proc/<pid>/stat on: the name before it may hold anything. */
function statOf(pid: number): readonly string[] | undefined {
  const text = readOrNothing(`/proc/${pid}/stat`);
  return text === undefined ? undefined : text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function memoryOf(pid: number): number {
  const share = /^Pss:\s+(\d+) kB/m.exec(readOrNothing(`/proc/${pid}/smaps_rollup`) ?? "");
  const resident = share ?? /^VmRSS:\s+(\d+) kB/m.exec(readOrNothing(`/proc/${pid}/status`) ?? "");
  return Number(resident?.[1] ?? 0) / 1024;
}

function descendants(pid: number): readonly number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: Number(statOf(Number(name))?.[1]) }));
  const below = (of: number): readonly number[] =>
    parents.filter(({ parent }) => parent === of).flatMap((each) => [each.pid, ...below(each.pid)]);
  return below(pid);
}

/** Undefined for a process that ended meanwhile, or whose memory only its owner may look at. */
function readOrNothing(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(code)) return undefined;
    throw error;
  }
}
