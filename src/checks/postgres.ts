/** Asks a PostgreSQL how it is by built-in questions, or a query of one's own, each row of which is a subject. */

import {
  timedReadings,
  unanswered,
  unknownReading,
  type FieldValue,
  type Found,
  type Reading,
} from "../domain/reading.js";
import { confided } from "../lib/confided.js";
import { CounterMemory } from "../lib/counter-memory.js";
import { liftEach, liftFields } from "../lib/json-lift.js";
import { tenths } from "../lib/phases.js";
import { converseWithPostgres } from "../lib/postgres-connection.js";
import { PostgresRefusal, type PostgresSession } from "../lib/postgres-session.js";
import { postgresSpec, type PostgresSpec } from "../lib/postgres-spec.js";
import { NotPostgres } from "../lib/postgres-messages.js";
import type { Row } from "../lib/postgres-values.js";
import { watchQuery, watchTroubles } from "../lib/postgres-watches.js";
import { redactUrl } from "../lib/redact.js";
import { SECRET_PATTERN } from "../lib/spec-values.js";
import { oneLine } from "../lib/text.js";
import type { CheckType, FieldDeclaration, ProbeContext } from "./check-type.js";

/** As many as there can be subjects. */
const MAX_ROWS = 100;
const SUBJECT = "subject";

const number = (description: string, unit?: string): FieldDeclaration => ({
  type: "number",
  ...(unit === undefined ? {} : { unit }),
  description,
});

const fields: Readonly<Record<string, FieldDeclaration>> = {
  latency_ms: number("From start to the last answer", "ms"),
  connections_used: number("Client connections"),
  connections_max: number("Places for them, those for superusers left out"),
  connections_used_percent: number("Client connections of the places for them", "percent"),
  connections_idle_in_transaction: number("Client connections that hold a transaction open and do nothing"),
  in_recovery: { type: "boolean", description: "Whether it is a standby" },
  standby_connected: { type: "boolean", description: "Whether a standby receives from its primary" },
  standbys: number("Standbys connected to a primary"),
  replication_lag_s: number("How far a standby is behind; on a primary the one furthest behind", "s"),
  replication_lag_bytes: number("The same as bytes of log not replayed; on a primary", "bytes"),
  transactions: number("Transactions in all databases since its statistics began"),
  transactions_per_s: number("The same per second since the probe before; absent at first"),
  rollbacks: number("Those of them that were rolled back"),
  deadlocks: number("Deadlocks since its statistics began"),
  longest_transaction_s: number("Age of the oldest open transaction", "s"),
  size_bytes: number("Size of the database", "bytes"),
  slow_queries: number("Queries that have been running for longer than `slow_after`"),
  longest_query_s: number("How long the longest has been running; 0 with none", "s"),
  archiver_failing: { type: "boolean", description: "Whether the last try to archive a piece of log failed" },
  archiver_failures: number("Failed tries since its statistics began"),
  archived_age_s: number("Since a piece of log was last archived", "s"),
  rows: number("Rows of the query, at most 100"),
  row: { type: "map", description: "The row of the query, by column" },
  json: {
    type: "any",
    description: "All rows of the query as a list, for `fields` and `each`; a row as a subject has none",
  },
};

const counters = new CounterMemory();

function degraded(troubles: readonly string[], found: Readonly<Record<string, FieldValue>>): Found {
  if (troubles.length === 0) return { outcome: "good", fields: found };
  return { outcome: "degraded", reason: oneLine(troubles.join("; ")), fields: found };
}

async function watched(session: PostgresSession, spec: PostgresSpec, atMs: number): Promise<Found> {
  let row: Row = {};
  for (const watch of spec.watch ?? (["connections"] as const)) {
    const [answer] = await session.rows(watchQuery(watch, spec.slow_after));
    row = { ...row, ...answer };
  }
  const { transactions } = row;
  const rate = typeof transactions === "number" ? counters.rate(spec.url, transactions, atMs) : undefined;
  const known = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  return degraded(watchTroubles(row), {
    ...known,
    ...(rate === undefined ? {} : { transactions_per_s: rate }),
  });
}

/** Rows as they are lifted from: by `each`, else one by one when they have a name, else the only one. */
function readingsOfRows(
  all: readonly Row[],
  { fields: lifted, each }: ProbeContext["lift"],
): readonly Found[] {
  const rows = all.slice(0, MAX_ROWS);
  const troubles = all.length > MAX_ROWS ? [`the query gives more than ${MAX_ROWS} rows`] : [];
  if (each !== undefined) {
    const items = liftEach(rows, each);
    if (items === undefined) return [unknownReading(`the query's rows have no list or map at ${each.path}`)];
    if (items.length > 0)
      return items.map(({ subject, fields: own }) => ({ ...degraded(troubles, own), subject }));
  }
  const [first] = rows;
  const whole = { rows: rows.length, json: rows };
  if (first === undefined) return [degraded(troubles, { ...whole, ...liftFields(rows, lifted) })];
  if (!(SUBJECT in first)) {
    if (rows.length === 1)
      return [degraded(troubles, { ...whole, row: first, ...liftFields(first, lifted) })];
    return [
      Object.keys(lifted).length > 0
        ? degraded(troubles, { ...whole, ...liftFields(rows, lifted) })
        : nameless(rows),
    ];
  }
  const named = liftEach(rows, { path: "$", subject: SUBJECT, fields: lifted }) ?? [];
  return named.map(({ subject, fields: own, value }) => ({
    ...degraded(troubles, { row: value, ...own }),
    subject,
  }));
}

function nameless(rows: readonly Row[]): Found {
  return unknownReading(
    `the query gives ${rows.length} rows and no column \`${SUBJECT}\` to tell them apart`,
  );
}

async function look(
  session: PostgresSession,
  spec: PostgresSpec,
  context: ProbeContext,
): Promise<readonly Found[]> {
  if (spec.query === undefined) return [await watched(session, spec, context.clock.monotonic())];
  return readingsOfRows(await session.some(spec.query, MAX_ROWS + 1), context.lift);
}

/** What a refusal says; anything else is a fault of the connection, or ours. */
function explained(error: unknown): readonly Found[] {
  if (error instanceof PostgresRefusal) {
    return [{ outcome: error.fault === "ours" ? "unknown" : "bad", reason: error.message, fields: {} }];
  }
  if (error instanceof NotPostgres)
    return [{ outcome: "bad", reason: "answered something that is not PostgreSQL", fields: {} }];
  throw error;
}

async function probe(spec: PostgresSpec, context: ProbeContext): Promise<readonly Reading[]> {
  const result = await confided(context.secrets, spec.tls?.cert !== undefined, (credentials) =>
    converseWithPostgres(spec, context, credentials, (session) => look(session, spec, context), explained),
  );
  if (!result.ok) return [unanswered(result)];
  const { value, phases, scrub } = result;
  const found = value.map(({ reason, ...each }) =>
    reason === undefined ? each : { ...each, reason: scrub(reason) },
  );
  return timedReadings(found, phases, tenths(phases.total));
}

/** The `postgres` check type. */
export const postgres: CheckType<PostgresSpec> = Object.freeze({
  type: "postgres",
  summary: "Asks a PostgreSQL how it is, or a query of your own, each row of which is a subject.",
  schema: postgresSpec,
  defaults: { everyMs: 30_000, timeoutMs: 5_000 },
  fields,
  lifts: ({ query }: PostgresSpec) => query !== undefined,
  rules: () => [],
  target: ({ url }: PostgresSpec) => (SECRET_PATTERN.test(url) ? url : redactUrl(url)),
  probe,
  example: `type: postgres
url: env:DATABASE_URL
watch: [connections, replication_lag, transactions]
`,
});
