-- Which ClickHouse the manifest tells of: another one knows nothing of what is done.
create table reconcile_store (
  one boolean primary key default true check (one),
  id uuid not null
);

-- How each service stands.
create table reconcile_service (
  service text primary key,
  state text not null default 'UNKNOWN',
  look_time timestamptz,
  proof_time timestamptz,
  events bigint not null default 0,
  missing bigint not null default 0,
  problem text not null default '',
  -- The stream as it was when it was last found whole: a new one, or further messages gone from it, are looked into.
  stream_created timestamptz,
  stream_deleted bigint not null default 0,
  -- The last hour whose messages were looked for one by one.
  stream_hour timestamptz
);

-- Sums of hours that are over: the ledger does not change them any more.
create table reconcile_hour (
  service text not null,
  hour timestamptz not null,
  events bigint not null,
  checksum bigint not null,
  primary key (service, hour)
);

create table reconcile_run (
  id uuid primary key default uuidv7(),
  ask_time timestamptz not null default now(),
  end_time timestamptz,
  done bigint not null default 0,
  total bigint not null default 0,
  problem text not null default ''
);
create index reconcile_run_open on reconcile_run (ask_time) where end_time is null;

create table reconcile_finding (
  id uuid primary key default uuidv7(),
  service text not null,
  place text not null,
  kind text not null,
  events bigint not null,
  healed bigint not null default 0,
  find_time timestamptz not null default now(),
  heal_time timestamptz,
  from_time timestamptz,
  to_time timestamptz,
  examples text[] not null default '{}'
);
create index reconcile_finding_time on reconcile_finding (find_time desc, id desc);
-- What stands is found again and again, and told once.
create unique index reconcile_finding_open on reconcile_finding (service, place, kind, from_time, to_time) nulls not distinct where heal_time is null;
