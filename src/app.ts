/** The composition root: the only file that knows every part. Puts together what a process needs, and takes it apart again. */

import { readFile } from "node:fs/promises";

import type { Examination } from "../activities/doctor.js";
import { examineAll, fail, pass, warn } from "../activities/doctor.js";
import type { MessageSurroundings } from "./domain/compose-message.js";
import type { DoctorReport } from "./domain/doctor-report.js";
import type { ServiceId } from "./domain/ids.js";
import { TocsinError } from "./errors.js";
import { systemClock } from "./lib/clock.js";
import { notifierEgress, probeEgress } from "./lib/egress-rules.js";
import { createReadingEvaluator } from "./lib/expression.js";
import { openFileLimit } from "./lib/file-limit.js";
import { createSecretResolver } from "./lib/secret-resolver.js";
import { withinBudget } from "./store/best-effort.js";
import { incomingReader } from "./store/incoming-reader.js";
import { createPlanSource } from "./store/plan-source.js";
import type { PlanSource } from "./store/plan-source.js";
import { createPostgresStore } from "./store/postgres.js";
import type { Store } from "./store/store.js";
import type { Logger } from "./telemetry/logger.js";
import { connectTemporal } from "./temporal/connection.js";
import type { TemporalClient } from "./temporal/connection.js";
import { temporalExaminations } from "./temporal/examinations.js";
import { temporalIncidents } from "./temporal/incidents.js";
import type { WorkerDependencies } from "./temporal/worker.js";
import { incidentWorkflowId } from "../workflows/names.js";

/** Which installation this process belongs to. */
export interface AppContext {
  readonly address: string;
  readonly namespace: string;
  /** Empty, or ends in `-`. */
  readonly prefix: string;
  readonly databaseUrl?: string;
  readonly dir: string;
  /** Base address of the Temporal UI, for links. */
  readonly ui?: string;
}

/** Store, plans and Temporal of one process. */
export interface App {
  readonly context: AppContext;
  readonly store: Store;
  readonly plans: PlanSource;
  readonly temporal: TemporalClient;
  readonly log: Logger;
  readonly examine: () => Promise<DoctorReport>;
  close(): Promise<void>;
}

/** Rejects with TMP-… when Temporal cannot be reached, RUN-003 when no store is named; a store that is away is no error here. */
export async function openApp(context: AppContext, log: Logger): Promise<App> {
  const store = openStore(context, log);
  const plans = createPlanSource({
    store,
    dir: context.dir,
    log: (line) => {
      log.warn(line);
    },
  });
  const temporal = await connectTemporal(context);
  const currentPlan = async (): Promise<Awaited<ReturnType<PlanSource["plan"]>> | undefined> =>
    (await plans.current())?.plan;
  const { client, connection, namespace } = temporal;
  const examinations: readonly Examination[] = [
    ...temporalExaminations({ client, connection, namespace, prefix: context.prefix, currentPlan }),
    { name: "store", examine: async () => [pass(`answers in ${Math.round(await store.ping())} ms`)] },
    { name: "secrets", examine: async () => examineSecrets(await currentPlan()) },
    { name: "files", examine: () => Promise.resolve(examineFiles()) },
  ];
  return {
    context,
    store,
    plans,
    temporal,
    log,
    examine: () => examineAll(examinations),
    close: async () => {
      await temporal.close();
      await store.close();
    },
  };
}

export function openStore(context: Pick<AppContext, "databaseUrl">, log: Logger): Store {
  if (context.databaseUrl === undefined) {
    throw new TocsinError(
      "RUN-003",
      "no store is named: neither --database nor DATABASE_URL, and no tocsin up runs here",
    );
  }
  return createPostgresStore({
    connectionString: context.databaseUrl,
    clock: systemClock,
    log: (line) => {
      log.warn(line);
    },
  });
}

/** What activities are given; `swept` hears of every sweep. */
export function workerDependencies(
  app: App,
  attributes: () => boolean,
  swept: () => void,
): WorkerDependencies {
  const { store, plans, log, context } = app;
  const kept = withinBudget(store, {
    clock: systemClock,
    log: (line) => {
      log.warn(line);
    },
  });
  return {
    plans,
    store,
    clock: systemClock,
    secrets: createSecretResolver(process.env, (path) => readFile(path, "utf8")),
    evaluator: createReadingEvaluator(),
    searchAttributes: attributes,
    examine: app.examine,
    incidents: temporalIncidents(app.temporal.client, {
      prefix: context.prefix,
      attributes,
      memo: () => ({}),
    }),
    probeEgress: (plan) => probeEgress(plan.egress),
    notifierEgress: (plan, allowPrivate) => notifierEgress({ ...plan.egress, allowPrivate }),
    incoming: incomingReader(kept),
    keepReadings: (readings) => void kept.recordReadings(readings),
    counts: {
      swept: (checks, ms) => {
        swept();
        log.debug({ checks, ms: Math.round(ms) }, "swept");
      },
    },
    stdout: (line) => {
      process.stdout.write(`${line}\n`);
    },
    surroundings: (service) => surroundings(context, service),
  };
}

/** The command that acknowledges, with everything filled in, and the page of the incident in the Temporal UI. */
function surroundings(context: AppContext, service: ServiceId): MessageSurroundings {
  const id = incidentWorkflowId(context.prefix, service);
  const { address, namespace, ui } = context;
  return {
    ackCommand: `temporal workflow signal --address ${address} --namespace ${namespace} --workflow-id ${id} --name acknowledge`,
    links:
      ui === undefined
        ? {}
        : { temporal: `${ui}/namespaces/${namespace}/workflows/${encodeURIComponent(id)}` },
  };
}

async function examineSecrets(
  plan: Awaited<ReturnType<PlanSource["plan"]>> | undefined,
): ReturnType<Examination["examine"]> {
  if (plan === undefined) return [];
  const resolve = createSecretResolver(process.env, (path) => readFile(path, "utf8"));
  const references = [...new Set(secretReferences([Object.values(plan.notifiers), plan.systems]))];
  const missing = await Promise.all(
    references.map(async (reference) => {
      try {
        await resolve(reference);
        return [];
      } catch (error) {
        return [error instanceof Error ? error.message : String(error)];
      }
    }),
  );
  const problems = missing.flat();
  return problems.length === 0 ? [pass(`${references.length} can be read`)] : problems.map(fail);
}

/** Every text in plain data that is a reference to a secret. */
function secretReferences(data: unknown): readonly string[] {
  if (typeof data === "string") return /^(env|file):./.test(data) ? [data] : [];
  if (typeof data !== "object" || data === null) return [];
  return Object.values(data).flatMap(secretReferences);
}

function examineFiles(): ReturnType<Examination["examine"]> extends Promise<infer Findings>
  ? Findings
  : never {
  const limit = openFileLimit();
  if (limit === undefined) return [];
  return limit.soft >= 4_096
    ? [pass(`${limit.soft} open files allowed`)]
    : [warn(`only ${limit.soft} open files allowed: large sweeps need more (ulimit -n)`)];
}
