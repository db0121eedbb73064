/** The embedded PostgreSQL as a child under supervision. */

import { startPostgres } from "./postgres.js";
import { preparePostgres } from "./postgres-prepare.js";
import type { ChildPlan } from "./child-plan.js";

const GRACE_MS = 15_000;

export interface PostgresChild {
  readonly plan: ChildPlan;
  /** The same after every restart; may hold a password. */
  readonly connectionString: string;
}

/**
 * Makes the data folder below `dir` where there is none and answers how to run a server on it. A server that a killed parent left
 * there is ended first: it is nobody's child and could not be started again. Rejects with `TocsinError` STO-020 to STO-029.
 */
export async function postgresChild(dir: string, log: (line: string) => void): Promise<PostgresChild> {
  let prepared = await preparePostgres({ dir, log });
  if (prepared.running !== undefined) {
    const left = await startPostgres({ dir, log });
    await left.stop();
    prepared = await preparePostgres({ dir, log });
  }
  const { command, args, env, cwd, uid, gid, stopSignal, connectionString } = prepared;
  return {
    connectionString,
    plan: {
      name: "postgres",
      command,
      args,
      env,
      cwd,
      ...(uid === undefined || gid === undefined ? {} : { owner: { uid, gid } }),
      prepare: () => prepared.beforeStart(),
      serves: async () => {
        const answer = await prepared.look();
        return answer.kind === "refusing" ? { never: `FATAL: ${answer.why}` } : answer.kind === "serving";
      },
      explain: (lastWords) => prepared.explain(lastWords),
      holdsInput: false,
      stopSignal,
      graceMs: GRACE_MS,
    },
  };
}
