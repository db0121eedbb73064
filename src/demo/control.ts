/** Breaking and mending from another process: the state file says what should be, the running demo says what is. */

import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { readStateFile, writeStateFile } from "../embedded/state-file.js";
import { DEMO_SERVICES, faultsOf, readFaults, sameFaults } from "./fault.js";
import type { DemoService, Fault, Faults } from "./fault.js";

const ASK_AGAIN_MS = 50;
const ASK_TIMEOUT_MS = 1_000;

/** Addresses of a running demo, as it leaves them beside its state. */
export interface DemoAddresses {
  readonly controller: string;
  readonly dispatcher: string;
  /** Without the path `/hook`. */
  readonly sink: string;
}

/** Where a running demo says how to reach it. */
export function addressFile(stateFile: string): string {
  return `${stateFile}.running`;
}

/** Addresses of the demo that runs, or ran last, on this state; undefined when there never was one. */
export function readAddresses(stateFile: string): DemoAddresses | undefined {
  const kept = readStateFile(addressFile(stateFile));
  if (kept.state !== "read" || typeof kept.value !== "object" || kept.value === null) return undefined;
  const { controller, dispatcher, sink } = kept.value as Readonly<Record<string, unknown>>;
  return typeof controller === "string" && typeof dispatcher === "string" && typeof sink === "string"
    ? { controller, dispatcher, sink }
    : undefined;
}

function writeFaults(stateFile: string, faults: Faults): Faults {
  mkdirSync(dirname(stateFile), { recursive: true });
  writeStateFile(stateFile, `${JSON.stringify(faults)}\n`);
  return faults;
}

/** Writes down that a service shall fail in that way; returns everything that shall be broken then. */
export function breakService(stateFile: string, service: DemoService, fault: Fault): Faults {
  return writeFaults(stateFile, { ...readFaults(stateFile), [service]: fault });
}

/** Writes down that these services shall work again; returns what shall still be broken. */
export function mendServices(stateFile: string, services: readonly DemoService[]): Faults {
  const kept = Object.entries(readFaults(stateFile)).filter(
    ([service]) => !services.some((each) => each === service),
  );
  return writeFaults(stateFile, Object.fromEntries(kept));
}

async function ask(sink: string): Promise<Faults | undefined> {
  try {
    const answer = await fetch(`${sink}/state`, { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
    return faultsOf(await answer.json());
  } catch {
    // Nobody there, or somebody else: either way no demo runs on this state.
    return undefined;
  }
}

/** Waits until the running demo has done what the state file says: `done`, `late` after `timeoutMs`, or `absent` when none runs. */
export async function waitUntilApplied(
  stateFile: string,
  wanted: Faults,
  timeoutMs: number,
): Promise<"done" | "late" | "absent"> {
  const addresses = readAddresses(stateFile);
  const deadline = performance.now() + timeoutMs;
  while (addresses !== undefined) {
    const faults = await ask(addresses.sink);
    if (faults === undefined) return "absent";
    if (sameFaults(faults, wanted)) return "done";
    if (performance.now() > deadline) return "late";
    await sleep(ASK_AGAIN_MS);
  }
  return "absent";
}

/** The services a person names: one of them, or `all`. Undefined for any other word. */
export function servicesNamed(word: string): readonly DemoService[] | undefined {
  if (word === "all") return DEMO_SERVICES;
  const named = DEMO_SERVICES.filter((service) => service === word);
  return named.length === 0 ? undefined : named;
}
