/** The Tocsin that a command is about: its Temporal, its store, its plans; each reached only when it is asked for, and let go at the end. */

import { existsSync } from "node:fs";

import type { DoctorReport } from "../domain/doctor-report.js";
import type { Store } from "../store/store.js";
import { TocsinError } from "../errors.js";
import type { Sources } from "../views/sources.js";
import type { Context } from "./context.js";
import { isMissingStore } from "../views/missing-store.js";

export interface Installation extends Sources {
  readonly context: Context;
  /** Everything a page depends on, as far as it can be seen from this process; what is away is a finding. */
  examine(): Promise<DoctorReport>;
  close(): Promise<void>;
}

/** How commands reach an installation; tests put their own here. */
export type OpenInstallation = (context: Context, note: (line: string) => void) => Installation;

/** The modules behind it are loaded when they are needed: `tocsin --help` waits for none of them. */
export const openInstallation: OpenInstallation = (context, note) => {
  const closing: (() => Promise<void>)[] = [];
  const operations = once(async () => {
    const [{ connectTemporal }, module] = await Promise.all([
      import("../temporal/connection.js"),
      import("../temporal/operations.js"),
    ]);
    const temporal = await connectTemporal(context);
    closing.push(() => temporal.close());
    return module.operations(temporal.client, context.prefix);
  });
  const store = once(async () => {
    if (context.databaseUrl === undefined) return undefined;
    const [{ createPostgresStore }, { systemClock }] = await Promise.all([
      import("../store/postgres.js"),
      import("../lib/clock.js"),
    ]);
    // One command asks one thing after the other; what the pool says of broken connections comes back as the error of the question.
    const opened = createPostgresStore({
      connectionString: context.databaseUrl,
      clock: systemClock,
      maxConnections: 4,
    });
    closing.push(() => opened.close());
    return opened;
  });
  const plans = once(async () => {
    const { createPlanSource } = await import("../store/plan-source.js");
    const opened = await store();
    return createPlanSource({
      store: opened === undefined ? NO_STORE : orNothing(opened),
      // Looking at something makes no folder where there is none.
      ...(existsSync(context.dir) ? { dir: context.dir } : {}),
      log: note,
    });
  });
  return {
    context,
    operations,
    store,
    plans,
    examine: async () => (await import("./examine-here.js")).examineHere(context),
    close: async () => {
      await Promise.all(closing.map((close) => close()));
    },
  };
};

/** Plans can be read from this machine's copy alone; nothing can be kept. */
const NO_STORE: Pick<Store, "revision" | "currentRevision" | "saveRevision"> = {
  revision: () => Promise.resolve(undefined),
  currentRevision: () => Promise.resolve(undefined),
  saveRevision: () => Promise.reject(new TocsinError("CLI-007", "no store to keep a revision in")),
};

/** A store that is away has nothing to say; the copy on this machine speaks for it, and commands say that themselves. */
function orNothing(store: Store): typeof NO_STORE {
  return {
    revision: (id) => unlessAway(store.revision(id)),
    currentRevision: () => unlessAway(store.currentRevision()),
    saveRevision: (revision) => store.saveRevision(revision),
  };
}

async function unlessAway<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isMissingStore(error)) return undefined;
    throw error;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
