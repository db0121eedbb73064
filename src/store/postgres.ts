/** The store on PostgreSQL: puts the queries of every noun together behind the port, with coded errors and time limits. */

import type { Clock } from "../lib/clock.js";
import { housekeep } from "./housekeeping.js";
import { deadLetters, deliveries, markDeadLetter } from "./deliveries.js";
import { heartbeats, noteReceiver } from "./heartbeats.js";
import { endAlert, inbox, recordAlerts } from "./inbox.js";
import { incidentEvents, incidents } from "./incidents.js";
import { migrateSchema, readMigrations } from "./migrate.js";
import { PartitionsAhead } from "./partitions.js";
import { pings, recordPings } from "./pings.js";
import { openPool } from "./pool.js";
import { newestReadings } from "./newest-readings.js";
import { readingsOfCheck } from "./readings.js";
import { recordReadings } from "./record-readings.js";
import { currentRevision, revision, saveRevision } from "./revisions.js";
import { rollups } from "./rollups.js";
import { SeriesCache } from "./series.js";
import { storeError } from "./store-error.js";
import type { Store } from "./store.js";
import { recordStory } from "./story.js";
import { createToken, revokeToken, tokens, touchTokens } from "./tokens.js";
import { transitions } from "./transitions.js";

export interface PostgresStoreOptions {
  /** `postgresql://…`; PostgreSQL 14 or newer. */
  readonly connectionString: string;
  readonly clock: Clock;
  /** Told about what is not worth an error: a broken idle connection, a partition that could not be made yet. */
  readonly log?: (line: string) => void;
  /** Connections for everything but migration and housekeeping, which have one of their own; 8 by default. */
  readonly maxConnections?: number;
  /** How long one statement may take; 5 s by default. */
  readonly statementMs?: number;
  /** Holds the numbered SQL files; the package's own by default. */
  readonly migrations?: string;
}

const CONNECT_MS = 2_000;
const STATEMENT_MS = 5_000;

/** Connects when first asked. Throws STO-005 on a connection string that is none; everything else is rejected by the method asked. */
export function createPostgresStore(options: PostgresStoreOptions): Store {
  const { connectionString, clock } = options;
  const log = options.log ?? (() => undefined);
  const series = new SeriesCache();
  const partitions = new PartitionsAhead();
  const onBroken = (reason: string): void => {
    series.clear();
    partitions.clear();
    log(`store connection lost: ${reason}`);
  };
  const shared = { connectionString, connectMs: CONNECT_MS, onBroken };
  const quick = openPool({
    ...shared,
    max: options.maxConnections ?? 8,
    statementMs: options.statementMs ?? STATEMENT_MS,
  });
  const patient = openPool({ ...shared, max: 1, statementMs: 0 });
  const { db, where } = quick;
  const coded = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw storeError(error, where);
    }
  };
  const tell = (problem: unknown): void => log(storeError(problem, where).message);
  const migrate = async (): Promise<void> => {
    await migrateSchema(patient.db, where, await readMigrations(options.migrations));
    await partitions.ensure(patient.db, clock.now(), tell);
  };
  const ping = async (): Promise<number> => {
    const began = clock.monotonic();
    await db.selectNoFrom((x) => x.lit(1).as("one")).execute();
    return clock.monotonic() - began;
  };
  const record: Store["recordReadings"] = async (readings) => {
    if (readings.length === 0) return;
    await recordReadings(db, series, readings, clock.now());
    await partitions.ensure(db, clock.now(), tell);
  };
  return {
    migrate: () => coded(migrate()),
    close: async () => {
      await Promise.all([quick.end(), patient.end()]);
    },
    ping: () => coded(ping()),
    saveRevision: (stored) => coded(saveRevision(db, stored)),
    revision: (id) => coded(revision(db, id)),
    currentRevision: () => coded(currentRevision(db)),
    recordReadings: (readings) => coded(record(readings)),
    recordStory: (batch) => coded(recordStory(db, batch)),
    readings: (check, range, limit) => coded(readingsOfCheck(db, check, range, limit)),
    lastReadings: (limit) => coded(newestReadings(db, clock.now(), limit)),
    rollups: (check, range, stepMs) => coded(rollups(db, check, range, stepMs)),
    transitions: (filter) => coded(transitions(db, filter)),
    incidents: (filter) => coded(incidents(db, filter)),
    incidentEvents: (incident) => coded(incidentEvents(db, incident)),
    deliveries: (filter) => coded(deliveries(db, filter)),
    deadLetters: (filter) => coded(deadLetters(db, filter)),
    markDeadLetter: (key, state, by) => coded(markDeadLetter(db, key, { state, by, at: clock.now() })),
    createToken: (token) => coded(createToken(db, token)),
    tokens: () => coded(tokens(db)),
    revokeToken: (id, by) => coded(revokeToken(db, id, by)),
    touchTokens: (ids) => coded(touchTokens(db, ids)),
    recordPings: (incoming) => coded(recordPings(db, incoming)),
    pings: (check, limit) => coded(pings(db, check, limit)),
    heartbeats: (checks) => coded(heartbeats(db, checks)),
    noteReceiver: (receiver) => coded(noteReceiver(db, receiver)),
    recordAlerts: (alerts) => coded(recordAlerts(db, alerts)),
    endAlert: (check, fingerprint) => coded(endAlert(db, check, fingerprint)),
    inbox: (check, limit) => coded(inbox(db, check, limit)),
    housekeep: (now, retention) => coded(housekeep(patient.db, now, retention, tell)),
  };
}
