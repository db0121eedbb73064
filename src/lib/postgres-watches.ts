/** The built-in questions about a PostgreSQL: one query each, readable by anybody, fuller for members of `pg_monitor`. */

import type { Row } from "./postgres-values.js";

export const WATCHES = [
  "connections",
  "replication_lag",
  "transactions",
  "size",
  "slow_queries",
  "archiver",
] as const;
export type Watch = (typeof WATCHES)[number];

/** Columns are fields; `null` is none. */
const QUERIES: Readonly<Record<Watch, (slowAfterMs: number) => string>> = {
  // Where rights are lacking the kind of other users' processes is hidden: they are taken for clients.
  connections: () => `
    with room as (
      select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0) as places
    ), used as (
      select count(*) as n, count(*) filter (where state like 'idle in transaction%') as idle
      from pg_stat_activity where datid is not null and coalesce(backend_type, 'client backend') = 'client backend'
    )
    select n as connections_used, places as connections_max, idle as connections_idle_in_transaction,
      round(100.0 * n / greatest(places, 1), 1) as connections_used_percent from room, used`,
  // A standby that has replayed all it received is up to date only while it receives.
  replication_lag: () => `
    select pg_is_in_recovery() as in_recovery,
      case when pg_is_in_recovery() then exists (select from pg_stat_wal_receiver where pid is not null) end as standby_connected,
      case when not pg_is_in_recovery() then (select count(*) from pg_stat_replication) end as standbys,
      case
        when not pg_is_in_recovery() then
          (select extract(epoch from max(coalesce(replay_lag, '0'))) from pg_stat_replication)
        when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
          and exists (select from pg_stat_wal_receiver where pid is not null) then 0
        else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())
      end as replication_lag_s,
      case when not pg_is_in_recovery() then
        (select max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)) from pg_stat_replication)
      end as replication_lag_bytes`,
  transactions: () => `
    select sum(xact_commit + xact_rollback) as transactions, sum(xact_rollback) as rollbacks, sum(deadlocks) as deadlocks,
      (select extract(epoch from max(clock_timestamp() - xact_start)) from pg_stat_activity
        where pid <> pg_backend_pid() and coalesce(backend_type, 'client backend') = 'client backend') as longest_transaction_s
    from pg_stat_database`,
  size: () => "select pg_database_size(current_database()) as size_bytes",
  slow_queries: (slowAfterMs) => `
    select count(*) filter (where age > ${slowAfterMs / 1_000}) as slow_queries, coalesce(max(age), 0) as longest_query_s
    from (
      select extract(epoch from clock_timestamp() - query_start) as age from pg_stat_activity
      where state = 'active' and pid <> pg_backend_pid() and coalesce(backend_type, 'client backend') = 'client backend'
    ) as running`,
  archiver: () => `
    select failed_count as archiver_failures,
      current_setting('archive_mode') <> 'off' and last_failed_time is not null
        and (last_archived_time is null or last_failed_time > last_archived_time) as archiver_failing,
      extract(epoch from clock_timestamp() - last_archived_time) as archived_age_s
    from pg_stat_archiver`,
};

export function watchQuery(watch: Watch, slowAfterMs: number): string {
  return QUERIES[watch](slowAfterMs);
}

/** What the server says is wrong, though it answers. */
export function watchTroubles(row: Row): readonly string[] {
  return [
    ...(row.standby_connected === false ? ["this standby receives nothing from its primary"] : []),
    ...(row.archiver_failing === true ? ["archiving of its log fails"] : []),
  ];
}
