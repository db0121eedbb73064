-- What comes in from outside: who may (tokens), pings of jobs, posted alerts, and when there was a receiver to take them.
-- Instants are the database's own: receivers on several machines then agree on what was first and how old it is.

-- Of a token only the SHA-256 of its secret is kept, in hexadecimal: 256 random bits need no slow hash.
create table tocsin.tokens (
  id text primary key,
  hash text not null unique,
  name text not null,
  scopes text[] not null,
  -- The check that its pings are of.
  ping_check text,
  created_at timestamptz not null default now(),
  created_by text not null,
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz
);

create table tocsin.audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  by_whom text not null,
  what text not null,
  target text not null,
  facts jsonb not null
);
create index audit_by_time on tocsin.audit (at desc);

create table tocsin.pings (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  check_id text not null,
  -- start, ok or fail.
  kind text not null,
  exit_code bigint,
  body text,
  source text
);
create index pings_starts on tocsin.pings (check_id, id desc) where kind = 'start';
create index pings_ends on tocsin.pings (check_id, id desc) where kind <> 'start';
create index pings_by_time on tocsin.pings using brin (at) with (pages_per_range = 16, autosummarize = on);

-- Heartbeat checks that are looked at, from when on: before that, nobody could expect a ping.
create table tocsin.heartbeats (
  check_id text primary key,
  since timestamptz not null default now(),
  seen_at timestamptz not null default now()
);

-- Stretches of time in which a receiver was there, made longer every few seconds.
create table tocsin.receiver_up (
  receiver text not null,
  began_at timestamptz not null,
  last_at timestamptz not null,
  primary key (receiver, began_at)
) with (fillfactor = 50);
create index receiver_up_by_time on tocsin.receiver_up (began_at);

-- One row per check and fingerprint, however often it is posted.
create table tocsin.inbox (
  check_id text not null,
  fingerprint text not null,
  severity text not null,
  title text not null,
  message text not null,
  context jsonb not null,
  count bigint not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  -- When it is over unless it is posted again.
  ends_at timestamptz not null,
  -- When somebody said that it is over.
  ended_at timestamptz,
  source text,
  primary key (check_id, fingerprint)
) with (fillfactor = 70);
create index inbox_by_time on tocsin.inbox (check_id, last_seen desc);
