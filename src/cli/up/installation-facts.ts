/** What one running `up` consists of, as children, other commands, scripts and people need it. */

/** Where everything is. */
export interface Whereabouts {
  /** `host:port` of Temporal's front end. */
  readonly temporal: string;
  readonly namespace: string;
  /** Base address of the Temporal UI; undefined when Temporal is somebody else's and nobody told. */
  readonly ui: string | undefined;
  /** Base address of the listener. */
  readonly api: string;
  /** What the worker says of itself, for Prometheus. */
  readonly workerMetrics: string;
  readonly databaseUrl: string;
  /** The state folder, absolute. */
  readonly dir: string;
  readonly demo: DemoPorts | undefined;
}

export interface DemoPorts {
  readonly controller: number;
  readonly dispatcher: number;
  readonly sink: number;
}

/** Process numbers; null for a server that is somebody else's, and for a child between two lives. */
export interface Pids {
  readonly temporal: number | null;
  readonly postgres: number | null;
  readonly worker: number | null;
  readonly serve: number | null;
}

/** The file in the state folder from which other commands learn where this `up` is. */
export const UP_RECORD = "up.json";

/** Its content. The connection string may hold a password: the file is for its owner alone. */
export function upRecord(where: Whereabouts, pids: Pids): string {
  const { temporal, namespace, ui, api, databaseUrl } = where;
  // A number that is not there is left out: who reads it may want to signal it.
  const running = Object.fromEntries(Object.entries(pids).filter(([, pid]) => pid !== null));
  const record = { temporal, namespace, ui, api, database: databaseUrl, pid: process.pid, pids: running };
  return `${JSON.stringify(record)}\n`;
}

/** The one line of `up --json`. */
export function readyLine(where: Whereabouts, pids: Pids): string {
  const { temporal, namespace, ui, api, dir } = where;
  const metrics = metricsOf(where);
  return `${JSON.stringify({ ready: true, temporal, namespace, ui: ui ?? null, api, dir, pids, metrics })}\n`;
}

/** Every address that Prometheus can scrape: of the listener, of the worker, of the Temporal SDK in it. */
function metricsOf({ api, workerMetrics }: Whereabouts): readonly string[] {
  return [`${api}/metrics`, workerMetrics, `${workerMetrics}/temporal`];
}

/** What children are told by their environment, on top of what this process was given. */
export function childEnvironment(where: Whereabouts, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    TEMPORAL_ADDRESS: where.temporal,
    TEMPORAL_NAMESPACE: where.namespace,
    DATABASE_URL: where.databaseUrl,
    TOCSIN_DIR: where.dir,
    ...(where.ui === undefined ? {} : { TOCSIN_UI: where.ui }),
    TOCSIN_API_PORT: new URL(where.api).port,
    ...demoVariables(where.demo),
  };
}

/** The variables by which `demo.yaml` finds the demo. */
function demoVariables(demo: DemoPorts | undefined): NodeJS.ProcessEnv {
  if (demo === undefined) return {};
  return {
    TOCSIN_DEMO_CONTROLLER: `http://127.0.0.1:${demo.controller}`,
    TOCSIN_DEMO_DISPATCHER: `http://127.0.0.1:${demo.dispatcher}`,
    TOCSIN_DEMO_SINK: `http://127.0.0.1:${demo.sink}`,
  };
}
