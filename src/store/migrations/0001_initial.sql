-- Tocsin's first schema. Everything lives in the schema `tocsin`, named in full, so that a shared database and a connection pooler do.
--
-- Time-partitioned tables keep an instant as (day, ms): days since 1970-01-01 UTC, and milliseconds since that day's midnight.
-- Four bytes less than a timestamptz per row, which pays for an index by series; the view `readings_at` shows it as a timestamp.
-- Outcomes: 0 good, 1 degraded, 2 bad, 3 unknown.

create table tocsin.revisions (
  id text primary key,
  applied_at timestamptz not null,
  applied_by text not null,
  plan json not null
);
create index revisions_by_time on tocsin.revisions (applied_at desc);

create table tocsin.series (
  id integer generated always as identity primary key,
  check_id text not null,
  subject text,
  -- The last day on which something was recorded, so that what vanished can be forgotten.
  seen_day smallint not null
);
create unique index series_of_check on tocsin.series (check_id) where subject is null;
create unique index series_of_subject on tocsin.series (check_id, subject);

-- The order of columns leaves no padding: 16 bytes of data, 40 with the row's header.
create table tocsin.readings (
  ms integer not null,
  series integer not null,
  -- Milliseconds.
  latency real,
  day smallint not null,
  outcome smallint not null,
  fields jsonb
) partition by range (day);
create index readings_by_series on tocsin.readings (series);
create index readings_by_time on tocsin.readings using brin (day, ms) with (pages_per_range = 16, autosummarize = on);
create table tocsin.readings_default partition of tocsin.readings default;

-- One row for each batch of readings, so that a batch written again adds nothing. `batch` is a hash of its series and times.
create table tocsin.receipts (
  batch bigint primary key,
  day smallint not null
);

-- Readings whose story changed, complete in themselves: they outlive the raw readings.
create table tocsin.evidence (
  ms integer not null,
  series integer not null,
  latency real,
  day smallint not null,
  outcome smallint not null,
  fields jsonb,
  body jsonb not null,
  primary key (series, day, ms)
) partition by range (day);
create table tocsin.evidence_default partition of tocsin.evidence default;

create table tocsin.rollups_5m (
  latency_sum double precision not null,
  series integer not null,
  latency_max real,
  day smallint not null,
  -- Which five minutes of the day, from 0.
  slot smallint not null,
  good smallint not null,
  degraded smallint not null,
  bad smallint not null,
  unknown smallint not null,
  -- Readings that had a latency.
  timed smallint not null
) partition by range (day);
create index rollups_5m_by_series on tocsin.rollups_5m (series);
create index rollups_5m_by_time on tocsin.rollups_5m using brin (day, slot) with (pages_per_range = 16, autosummarize = on);
create table tocsin.rollups_5m_default partition of tocsin.rollups_5m default;

create table tocsin.rollups_1h (
  latency_sum double precision not null,
  series integer not null,
  latency_max real,
  day smallint not null,
  -- Which hour of the day, from 0.
  slot smallint not null,
  good smallint not null,
  degraded smallint not null,
  bad smallint not null,
  unknown smallint not null,
  timed smallint not null
) partition by range (day);
create index rollups_1h_by_series on tocsin.rollups_1h (series);
create index rollups_1h_by_time on tocsin.rollups_1h using brin (day, slot) with (pages_per_range = 16, autosummarize = on);
create table tocsin.rollups_1h_default partition of tocsin.rollups_1h default;

-- Up to where each rollup is complete.
create table tocsin.rollup_marks (
  rollup text primary key,
  up_to timestamptz not null
);
-- Five-minute buckets that got a reading after they were complete.
create table tocsin.late_buckets (
  day smallint not null,
  slot smallint not null,
  primary key (day, slot)
);

create table tocsin.alert_transitions (
  workflow_id text not null,
  at timestamptz not null,
  seq bigint not null,
  alert text not null,
  service text not null,
  from_state text not null,
  to_state text not null,
  episode bigint,
  severity text not null,
  reason text not null,
  facts jsonb not null,
  primary key (workflow_id, at, seq)
);
create index alert_transitions_by_alert on tocsin.alert_transitions (alert, at desc);
create index alert_transitions_by_service on tocsin.alert_transitions (service, at desc);
create index alert_transitions_by_time on tocsin.alert_transitions (at desc);

create table tocsin.incident_events (
  workflow_id text not null,
  at timestamptz not null,
  seq bigint not null,
  incident text not null,
  kind text not null,
  by_whom text,
  text text not null,
  facts jsonb not null,
  primary key (workflow_id, at, seq)
);
create index incident_events_by_incident on tocsin.incident_events (incident, at, seq);

-- Derived from incident_events, whole, at every write.
create table tocsin.incidents (
  id text primary key,
  service text not null,
  opened_at timestamptz not null,
  ended_at timestamptz,
  closed_at timestamptz,
  severity text not null,
  last_event text not null,
  last_event_at timestamptz not null
);
create index incidents_by_time on tocsin.incidents (opened_at desc);
create index incidents_by_service on tocsin.incidents (service, opened_at desc);
create index incidents_open on tocsin.incidents (opened_at desc) where ended_at is null;

create table tocsin.deliveries (
  workflow_id text not null,
  at timestamptz not null,
  seq bigint not null,
  key text not null,
  incident text not null,
  notifier text not null,
  n integer not null,
  kind text not null,
  attempt integer not null,
  result text not null,
  reason text,
  primary key (workflow_id, at, seq)
);
create index deliveries_by_incident on tocsin.deliveries (incident, at desc);
create index deliveries_by_notifier on tocsin.deliveries (notifier, at desc);
create index deliveries_by_time on tocsin.deliveries (at desc);

create table tocsin.dead_letters (
  key text primary key,
  incident text not null,
  notifier text not null,
  n integer not null,
  kind text not null,
  at timestamptz not null,
  attempts integer not null,
  reason text not null,
  state text not null,
  marked_at timestamptz,
  marked_by text
);
create index dead_letters_by_time on tocsin.dead_letters (at desc);

create view tocsin.readings_at as
select
  timestamptz 'epoch' + make_interval(days => r.day::integer, secs => r.ms / 1000.0) as at,
  s.check_id,
  s.subject,
  (array['good', 'degraded', 'bad', 'unknown'])[r.outcome + 1] as outcome,
  r.latency as latency_ms,
  r.fields
from tocsin.readings r
join tocsin.series s on s.id = r.series;
