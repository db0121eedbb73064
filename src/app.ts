/** The composition root: the only file that knows every part. Puts together what a process needs, and takes it apart again. */

import { readFile } from "node:fs/promises";

import type { Examination } from "../activities/doctor.js";
import { examineAll } from "../activities/doctor.js";
import type { Place } from "../activities/examinations.js";
import { processExaminations, storeExaminations } from "../activities/examinations.js";
import type { MessageSurroundings } from "./domain/compose-message.js";
import type { DoctorReport } from "./domain/doctor-report.js";
import type { ServiceId } from "./domain/ids.js";
import { TocsinError } from "./errors.js";
import { systemClock } from "./lib/clock.js";
import { notifierEgress, probeEgress } from "./lib/egress-rules.js";
import { createReadingEvaluator } from "./lib/expression.js";
import { createSecretResolver } from "./lib/secret-resolver.js";
import type { BestEffortStore } from "./store/best-effort.js";
import { withinBudget } from "./store/best-effort.js";
import { incomingReader } from "./store/incoming-reader.js";
import { createPlanSource } from "./store/plan-source.js";
import type { PlanSource } from "./store/plan-source.js";
import { createPostgresStore } from "./store/postgres.js";
import type { Store } from "./store/store.js";
import type { Logger } from "./telemetry/logger.js";
import type { WorkerMeter } from "./telemetry/worker-meter.js";
import type { ClockSkewMeter } from "./temporal/clock-skew.js";
import { clockSkewMeter } from "./temporal/clock-skew.js";
import { connectTemporal, resolveServer } from "./temporal/connection.js";
import type { TemporalClient, TemporalSettings } from "./temporal/connection.js";
import { temporalExaminations } from "./temporal/examinations.js";
import { temporalIncidents } from "./temporal/incidents.js";
import type { WorkerDependencies } from "./temporal/worker.js";
import { incidentWorkflowId } from "../workflows/names.js";

/** Which installation this process belongs to. */
export interface AppContext extends Pick<TemporalSettings, "guessed" | "stopped"> {
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
  /** The same store as the page path uses it: within a budget, and with what is lost counted. */
  readonly kept: BestEffortStore<Store>;
  readonly plans: PlanSource;
  readonly temporal: TemporalClient;
  readonly log: Logger;
  /** Everything that a page depends on, as it is seen from `place`. */
  readonly examine: (place: Place) => Promise<DoctorReport>;
  /** This machine's clock against the server's, measured whenever the doctor looks. */
  readonly clockSkew: ClockSkewMeter;
  close(): Promise<void>;
}

/** Out of the environment and the files of this process. */
const processSecrets = createSecretResolver(process.env, (path) => readFile(path, "utf8"));

/** Rejects with TMP-… when Temporal cannot be reached, RUN-003 when no store is named; a store that is away is no error here. */
export async function openApp(context: AppContext, log: Logger): Promise<App> {
  // Before the store: with an `up` that does not run, that is not there either, and what is missing is the `up`.
  resolveServer(context);
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
  const ours = { ...temporal, prefix: context.prefix };
  const clockSkew = clockSkewMeter(ours, systemClock);
  const examinations = (place: Place): readonly Examination[] => [
    ...temporalExaminations({ ...ours, currentPlan, clockSkew }),
    ...storeExaminations(store),
    ...processExaminations(place, currentPlan, processSecrets),
  ];
  return {
    context,
    store,
    kept: withinBudget(store, {
      clock: systemClock,
      log: (line) => {
        log.warn(line);
      },
    }),
    plans,
    temporal,
    log,
    examine: (place) => examineAll(examinations(place)),
    clockSkew,
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

/** What activities are given; `swept` and `meter` hear of every sweep. */
export function workerDependencies(
  app: App,
  attributes: () => boolean,
  meter: WorkerMeter,
  swept: () => void,
): WorkerDependencies {
  const { store, kept, plans, log, context } = app;
  return {
    plans,
    store,
    clock: systemClock,
    secrets: processSecrets,
    evaluator: createReadingEvaluator(),
    searchAttributes: attributes,
    examine: () => app.examine("worker"),
    incidents: temporalIncidents(app.temporal.client, { prefix: context.prefix, attributes }),
    probeEgress: (plan) => probeEgress(plan.egress),
    notifierEgress: (plan, allowPrivate) => notifierEgress({ ...plan.egress, allowPrivate }),
    incoming: incomingReader(kept),
    keepReadings: (readings) => {
      void kept.recordReadings(readings).then((kept) => {
        if (kept === "lost") meter.lost(readings.length);
      });
    },
    swept: (sweep) => {
      swept();
      meter.swept(sweep);
      log.debug({ checks: sweep.checks, ms: Math.round(sweep.ms) }, "swept");
    },
    recording: (batch) => {
      meter.recording(batch);
    },
    unrecorded: () => {
      meter.unrecorded();
    },
    attempted: (attempt) => {
      meter.attempted(attempt);
      const { incident, notifier, kind, n, result } = attempt;
      const what = `${kind} n=${n} of ${incident} to ${notifier}`;
      if (result.result === "accepted") {
        if (result.remark !== undefined) log.warn(`${what} is told, but ${result.remark}`);
        return;
      }
      if (result.result === "rejected") log.error(`${what} is given up: ${result.reason}`);
      else log.warn(`${what} is tried again: ${result.reason}`);
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
