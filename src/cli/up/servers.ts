/** The two servers under Tocsin: Temporal and PostgreSQL, each the operator's when an address is given, else a child of ours. */

import { createHash } from "node:crypto";
import { join } from "node:path";

import { TocsinError } from "../../errors.js";
import { findTemporal, hereWith } from "../../embedded/binaries.js";
import type { Progress } from "../../embedded/download.js";
import { postgresChild } from "../../embedded/postgres-child.js";
import type { StateDir } from "../../embedded/state-dir.js";
import { devServerAddress, devServerPlan } from "../../embedded/temporal.js";
import { searchAttributes } from "../../../workflows/search-attributes.js";
import type { Children } from "./children.js";
import type { UpLog } from "./up-log.js";

/** A server that ends this often before it ever serves will not serve. */
const DEATHS = 3;
const RETENTION_MS = 30 * 24 * 3_600_000;
const OWN_NAMESPACE = "tocsin";
const USUAL_NAMESPACE = "default";

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly state: StateDir;
  readonly children: Children;
  readonly log: UpLog;
  readonly progress: Progress;
  readonly stop: AbortSignal;
}

export interface TemporalPlace {
  readonly temporal: string;
  readonly namespace: string;
  readonly ui: string | undefined;
}

/** Resolves once Temporal serves. Rejects with RUN-010 when no server can be obtained, RUN-016 when it does not come to serve. */
export async function temporalServer(
  { env, state, children, log, progress, stop }: Surroundings,
  ports: { readonly temporal: number; readonly ui: number },
): Promise<TemporalPlace> {
  const [address, namespace] = [set(env.TEMPORAL_ADDRESS), set(env.TEMPORAL_NAMESPACE)];
  if (address !== undefined) {
    log.note(`Temporal is the one at ${address} (TEMPORAL_ADDRESS)`);
    return { temporal: address, namespace: namespace ?? USUAL_NAMESPACE, ui: set(env.TOCSIN_UI) };
  }
  const program = await findTemporal(hereWith(env, progress, stop));
  const server = {
    program: program.path,
    port: ports.temporal,
    uiPort: ports.ui,
    file: state.temporalFile,
    namespace: namespace ?? OWN_NAMESPACE,
    retentionMs: RETENTION_MS,
    searchAttributes: attributeKinds(),
  };
  const child = children.start(devServerPlan(server, env));
  await child.whenReady(DEATHS);
  log.note(`Temporal serves on ${devServerAddress(server)} (the program is from ${program.from})`);
  return {
    temporal: devServerAddress(server),
    namespace: server.namespace,
    ui: `http://127.0.0.1:${ports.ui}`,
  };
}

/** Resolves to a connection string once the store's server answers. Rejects with STO-020 to STO-029 or RUN-016. */
export async function storeServer({ env, state, children, log }: Surroundings): Promise<string> {
  const given = set(env.DATABASE_URL);
  if (given !== undefined) {
    log.note("the store is the one in DATABASE_URL");
    return given;
  }
  const postgres = await postgresIn(state.path, log);
  const child = children.start(postgres.plan);
  await child.whenReady(DEATHS);
  log.note("PostgreSQL serves");
  return postgres.connectionString;
}

/**
 * In the state folder; as root in a folder that nobody else may enter (such as root's home), below /var/lib instead, because
 * PostgreSQL never runs as root: the same place at every start, and said.
 */
async function postgresIn(statePath: string, log: UpLog): ReturnType<typeof postgresChild> {
  const say = (line: string): void => {
    log.child("postgres", line);
  };
  try {
    return await postgresChild(join(statePath, "postgres"), say);
  } catch (error) {
    const unreachable = error instanceof TocsinError && error.code === "STO-025";
    if (!unreachable || process.getuid?.() !== 0) throw error;
    const name = createHash("sha256").update(statePath).digest("hex").slice(0, 12);
    const folder = join("/var/lib/tocsin", name, "postgres");
    log.note(`PostgreSQL's data lies in ${folder}: its user may not enter ${statePath}`);
    return postgresChild(folder, say);
  }
}

/** As the dev server's options call them. */
function attributeKinds(): Readonly<Record<string, string>> {
  const kind = { INT: "Int", KEYWORD: "Keyword" } as const;
  return Object.fromEntries(
    Object.values(searchAttributes).map(({ name, type }) => [name, type === "INT" ? kind.INT : kind.KEYWORD]),
  );
}

/** An empty variable counts as unset. */
function set(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
