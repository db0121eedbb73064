/**
 * Remembers which processes were started in a state folder. When the one that watched over them was killed, the next one ends what
 * it left behind: only processes named here, and only if they still are the ones that were started.
 */

import { readStateFile, writeStateFile } from "./state-file.js";
import { identityOf, isRunning, readIdentity, type ProcessIdentity } from "./process-identity.js";

interface Recorded extends ProcessIdentity {
  readonly name: string;
  /** What asks it to end. */
  readonly stopSignal: NodeJS.Signals;
}

const LOOK_EVERY_MS = 50;

/** The record at `path`; one process at a time writes it (the holder of the state folder's lock). */
export class ChildrenRecord {
  readonly #path: string;
  #children: readonly Recorded[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** A child was started: written down before it can do anything that matters. */
  started(name: string, pid: number, stopSignal: NodeJS.Signals): void {
    const identity = identityOf(pid);
    // A child that is gone before it can be looked at leaves nothing behind.
    if (identity !== undefined) this.#keep([...this.#without(name), { name, stopSignal, ...identity }]);
  }

  ended(name: string): void {
    this.#keep(this.#without(name));
  }

  /** Ends what an earlier run left behind: asks them, after `graceMs` SIGKILL. Resolves to the names of those ended, when all are gone. */
  async endLeftovers(graceMs: number): Promise<readonly string[]> {
    const left = readRecorded(this.#path).filter(isRunning);
    for (const each of left) signal(each, each.stopSignal);
    const deadline = performance.now() + graceMs;
    while (left.some(isRunning)) {
      if (performance.now() > deadline) for (const each of left) signal(each, "SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    this.#keep([]);
    return left.map((each) => each.name);
  }

  #without(name: string): readonly Recorded[] {
    return this.#children.filter((each) => each.name !== name);
  }

  #keep(children: readonly Recorded[]): void {
    this.#children = children;
    writeStateFile(this.#path, `${JSON.stringify(children)}\n`);
  }
}

/** A damaged record names nobody: ending a process on a guess would be worse than leaving one behind. */
function readRecorded(path: string): readonly Recorded[] {
  const kept = readStateFile(path);
  if (kept.state !== "read" || !Array.isArray(kept.value)) return [];
  return kept.value.flatMap((each: unknown) => {
    const identity = readIdentity(each);
    if (identity === undefined || typeof each !== "object" || each === null || !("name" in each)) return [];
    const stopSignal = "stopSignal" in each && each.stopSignal === "SIGINT" ? "SIGINT" : "SIGTERM";
    return typeof each.name === "string" ? [{ ...identity, name: each.name, stopSignal }] : [];
  });
}

function signal(target: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, name);
  } catch {
    // Ended between the look and the signal.
  }
}
