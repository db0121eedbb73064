/** What every story of the store begins with: an empty database on a running server, a store on it, and a clock that stands still. */

import { afterAll, afterEach, beforeAll, beforeEach } from "@jest/globals";
import { Client } from "pg";
import {
  type AlertId,
  alertId,
  checkId,
  type IncidentId,
  incidentId,
  serviceId,
} from "../../src/domain/ids.js";
import type { AlertTransition, DeliveryRecord, IncidentEvent } from "../../src/domain/story.js";
import type { Clock } from "../../src/lib/clock.js";
import { createPostgresStore, type PostgresStoreOptions } from "../../src/store/postgres.js";
import type { Store, StoredReading } from "../../src/store/store.js";
import type { TestPostgres } from "../support/postgres.js";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A Wednesday, late in the morning UTC. */
export const NOON = Date.UTC(2026, 2, 4, 11, 59, 0);
export const RETENTION = { rawMs: 48 * HOUR, fiveMinutesMs: 30 * DAY, hourlyMs: 400 * DAY };
export const CHECK = checkId("kohakku", "controller", "ready");
export const SERVICE = serviceId("kohakku", "controller");

export interface Stage {
  readonly server: TestPostgres;
  /** Of this story alone. */
  readonly connectionString: string;
  readonly store: Store;
  /** Lines that the store logged. */
  readonly said: readonly string[];
  /** Sets what the store's clock shows. */
  setNow(epochMs: number): void;
  /** Another store on the same database, closed with the story. */
  another(differing?: Partial<PostgresStoreOptions>): Store;
  /** Looks behind the port. */
  sql<T extends object>(text: string): Promise<readonly T[]>;
}

/** Gives the stage of the current story. `start` is called once for all of them. */
export function useStage(start: () => Promise<TestPostgres>): () => Stage {
  let server: TestPostgres | undefined;
  let stage: Stage | undefined;
  let open: Store[] = [];
  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
  });
  beforeEach(async () => {
    if (server === undefined) throw new Error("the server did not start");
    open = [];
    stage = await setStage(server, open);
  });
  afterEach(async () => {
    await Promise.all(open.map((store) => store.close()));
  });
  return () => {
    if (stage === undefined) throw new Error("asked before the story began");
    return stage;
  };
}

async function setStage(server: TestPostgres, open: Store[]): Promise<Stage> {
  const connectionString = await server.freshDatabase();
  let now = NOON;
  const clock: Clock = { now: () => now, monotonic: () => performance.now() };
  const said: string[] = [];
  const another = (differing: Partial<PostgresStoreOptions> = {}): Store => {
    const log = (line: string): void => void said.push(line);
    const store = createPostgresStore({ connectionString, clock, log, ...differing });
    open.push(store);
    return store;
  };
  const store = another();
  await store.migrate();
  const sql = <T extends object>(text: string): Promise<readonly T[]> => query<T>(connectionString, text);
  return { server, connectionString, store, said, setNow: (epochMs) => (now = epochMs), another, sql };
}

/** One statement on a connection of its own. */
export async function query<T extends object>(connectionString: string, text: string): Promise<readonly T[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

/** A good reading of {@link CHECK}. */
export function reading(at: number, differing: Partial<StoredReading> = {}): StoredReading {
  return { check: CHECK, at, outcome: "good", ...differing };
}

export const ALERT: AlertId = alertId(CHECK, "not-ready");

export function transition(
  seq: number,
  at: number,
  differing: Partial<AlertTransition> = {},
): AlertTransition {
  return {
    workflowId: "monitor:kohakku",
    seq,
    alert: ALERT,
    at,
    from: "pending",
    to: "firing",
    episode: Math.floor(at / 1000),
    severity: "critical",
    reason: "status 503, wanted 200",
    facts: { bad: 5, coverage: 0.9, confirmed: true },
    ...differing,
  };
}

export const INCIDENT: IncidentId = incidentId(SERVICE, NOON);

export function event(seq: number, kind: string, differing: Partial<IncidentEvent> = {}): IncidentEvent {
  return {
    workflowId: "incident:kohakku/controller",
    seq,
    incident: INCIDENT,
    at: NOON + seq * SECOND,
    kind,
    text: `${kind} happened`,
    facts: {},
    ...differing,
  };
}

export function delivery(seq: number, differing: Partial<DeliveryRecord> = {}): DeliveryRecord {
  return {
    workflowId: "incident:kohakku/controller",
    seq,
    key: `${INCIDENT}/pager/1`,
    incident: INCIDENT,
    notifier: "pager",
    n: 1,
    kind: "firing",
    at: NOON + seq * SECOND,
    attempt: seq,
    result: "accepted",
    ...differing,
  };
}
