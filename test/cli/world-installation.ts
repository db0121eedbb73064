/**
 * The command line against a whole Tocsin under virtual time: the true workflows answer, what they wrote down is read back, and the
 * store, the workers or the server can be away.
 */

import { randomUUID } from "node:crypto";

import { runProgram } from "../../src/cli/program.js";
import type { Installation, OpenInstallation } from "../../src/cli/installation.js";
import type { Io } from "../../src/cli/io.js";
import type { ServiceId } from "../../src/domain/ids.js";
import type { Plan } from "../../src/domain/plan.js";
import type { CommandAnswer } from "../../src/domain/commands.js";
import { TocsinError } from "../../src/errors.js";
import type { PlanSource } from "../../src/store/plan-source.js";
import type { Asked } from "../../src/temporal/ask.js";
import type { Told } from "../../src/temporal/command.js";
import type { Operations } from "../../src/temporal/operations.js";
import type { Sources } from "../../src/views/sources.js";
import type { TocsinWorld } from "../support/tocsin-world.js";
import type { WorkflowHarness } from "../support/workflow-harness.js";
import { worldStore } from "./world-store.js";

export interface Ran {
  readonly out: string;
  readonly err: string;
  readonly exit: number;
}

/** What can be away. */
export interface Away {
  store?: boolean;
  /** No store is configured at all. */
  storeless?: boolean;
  workers?: boolean;
  temporal?: boolean;
  /** Temporal answers, and has no such namespace. */
  namespace?: boolean;
  /** No configuration has been applied. */
  plan?: boolean;
}

export interface WorldCli {
  /** What the API reads, of the same world. */
  readonly sources: Sources;
  readonly away: Away;
  /** Every command that was given, with the id under which it is taken once. */
  readonly given: readonly { readonly how: "update" | "signal"; readonly id: string }[];
  readonly tocsin: (...argv: readonly string[]) => Promise<Ran>;
  readonly operations: Operations;
}

/** `services` besides those of the plan, whose incidents may run. */
export function worldCli(world: TocsinWorld, plan: Plan, services: readonly ServiceId[] = []): WorldCli {
  const away: Away = {};
  const given: { readonly how: "update" | "signal"; readonly id: string }[] = [];
  const operations = worldOperations(world, plan, services, away, given);
  const open: OpenInstallation = (context): Installation => ({
    context,
    operations: () => {
      const { address, namespace } = context;
      const failure =
        away.temporal === true
          ? new TocsinError("TMP-001", `no Temporal server answers at ${address}`)
          : away.namespace === true
            ? new TocsinError("TMP-002", `namespace '${namespace}' at ${address}: not found`)
            : undefined;
      return failure === undefined ? Promise.resolve(operations) : Promise.reject(failure);
    },
    store: () => Promise.resolve(away.storeless === true ? undefined : worldStore(world, away)),
    plans: () => Promise.resolve(worldPlans(plan, away)),
    examine: () =>
      Promise.resolve({ ok: false, findings: [{ name: "workers", status: "fail", message: "none polls" }] }),
    close: () => Promise.resolve(),
  });
  return {
    away,
    given,
    operations,
    sources: {
      operations: () =>
        away.temporal === true
          ? Promise.reject(new TocsinError("TMP-001", "no Temporal server answers"))
          : Promise.resolve(operations),
      store: () => Promise.resolve(worldStore(world, away)),
      plans: () => Promise.resolve(worldPlans(plan, away)),
    },
    tocsin: (...argv) => run(argv, open, { now: () => world.world.now() }),
  };
}

/** One call of the true program; colours off, 80 columns, nobody watches. */
export async function run(
  argv: readonly string[],
  open: OpenInstallation,
  changes: Partial<Io> = {},
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    env: {},
    cwd: "/nowhere",
    width: 80,
    colors: { out: false, err: false },
    watched: false,
    now: () => 0,
    user: "ada",
    ...changes,
  };
  const exit = await runProgram(argv, io, open);
  return { out: out.join(""), err: err.join(""), exit };
}

/** Nothing may be reached. */
export const nothingOpens: OpenInstallation = () => {
  throw new Error("nothing is to be reached");
};

function worldOperations(
  world: TocsinWorld,
  plan: Plan,
  services: readonly ServiceId[],
  away: Away,
  given: { readonly how: "update" | "signal"; readonly id: string }[],
): Operations {
  const system = plan.systems[0]?.name ?? "";
  const names = [
    ...new Set([
      ...(plan.systems[0]?.services ?? []).map(({ name }) => `${system}/${name}` as ServiceId),
      ...services,
    ]),
  ];
  const incident = (service: ServiceId): WorkflowHarness | undefined => world.incident(service);
  const ask = async <T>(workflow: WorkflowHarness | undefined, query: string): Promise<Asked<T>> => {
    if (workflow?.closing !== undefined || workflow === undefined) return { state: "absent" };
    if (away.workers === true) return { state: "no-worker" };
    return { state: "answered", value: plainJson(await workflow.query(query)) as T };
  };
  const command = async (
    workflow: WorkflowHarness | undefined,
    name: string,
    input: object & { readonly command_id?: string },
  ): Promise<Told> => {
    if (workflow?.closing !== undefined || workflow === undefined) return { how: "absent" };
    const id = input.command_id ?? randomUUID();
    if (away.workers !== true) {
      given.push({ how: "update", id });
      return {
        how: "answered",
        answer: (await workflow.update(name, plainJson(input), id)) as CommandAnswer,
      };
    }
    given.push({ how: "signal", id });
    await workflow.signal(name, plainJson(input));
    return { how: "signalled" };
  };
  const monitor = ({ system: of, shard }: { readonly system: string; readonly shard: number }) =>
    of === system && shard === 1 ? world.monitor : undefined;
  return {
    commandIncident: (service, name, input) => command(incident(service), name, input),
    commandMonitor: (ref, name, input) => command(monitor(ref), name, input),
    incidentStatus: (service) => ask(incident(service), "status"),
    incidentTimeline: (service) => ask(incident(service), "timeline"),
    monitorStatus: (ref) => ask(monitor(ref), "status"),
    monitorWhy: (ref) => ask(monitor(ref), "why"),
    listMonitors: () => Promise.resolve(world.monitor.closing === undefined ? [{ system, shard: 1 }] : []),
    listIncidents: () =>
      Promise.resolve(
        names
          .filter((service) => {
            const workflow = incident(service);
            return workflow !== undefined && workflow.closing === undefined;
          })
          .map((service) => ({ service, startedAt: world.world.now() })),
      ),
    schedules: {
      list: () => Promise.resolve([]),
      trigger: () => Promise.resolve(true),
      pause: () => Promise.resolve(true),
      resume: () => Promise.resolve(true),
    },
    examine: () =>
      Promise.resolve(
        away.workers === true
          ? undefined
          : { ok: true, findings: [{ name: "secrets", status: "pass", message: "2 can be read" }] },
      ),
  };
}

/** As it comes over the wire: what is undefined is not there. */
function plainJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

function worldPlans(plan: Plan, away: Away): PlanSource {
  const stored = { plan, appliedAt: 0, appliedBy: "ada" };
  return {
    plan: () => Promise.resolve(plan),
    current: () => Promise.resolve(away.plan === true ? undefined : stored),
    keep: () => Promise.resolve({ stored: true }),
  };
}
