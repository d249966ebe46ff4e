-- The ledger of events. seq is given while the aggregate's row is locked, so per aggregate its order is commit order.
create table outbox (
  seq bigint generated always as identity,
  id uuid not null,
  subject text not null,
  noun text not null,
  record_id uuid not null,
  version integer not null,
  recorded_time timestamptz not null,
  event json not null,
  traceparent text,
  published_time timestamptz,
  stream_seq bigint,
  hash bytea,
  primary key (recorded_time, seq)
) partition by range (recorded_time);
create index outbox_waiting on outbox (seq) where published_time is null;
create index outbox_record on outbox (noun, record_id, version desc);
create index outbox_id on outbox (id);

-- Partitions for yesterday and the week to come; called at start and once a day.
create function outbox_partitions() returns void language plpgsql as $$
declare
  day date;
begin
  perform pg_advisory_xact_lock(hashtext('outbox_partitions'));
  for day in select generate_series(current_date - 1, current_date + 7, interval '1 day')::date loop
    execute format(
      'create table if not exists %I partition of outbox for values from (%L) to (%L)',
      'outbox_' || to_char(day, 'YYYYMMDD'), day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
  end loop;
end $$;
set time zone 'UTC';
select outbox_partitions();

-- One leader per service. A lease and not an advisory lock: it survives a connection pooler, and its epoch fences a leader that slept.
create table lease (
  name text primary key,
  holder uuid not null,
  epoch bigint not null,
  expire_time timestamptz not null
);

-- Head of the hash chain over published events.
create table audit_chain (
  name text primary key,
  hash bytea not null,
  length bigint not null
);

create table inbox (
  consumer text not null,
  event_id uuid not null,
  receive_time timestamptz not null default now(),
  primary key (consumer, event_id)
);
create index inbox_receive_time on inbox (receive_time);

create table parked_message (
  id uuid primary key default uuidv7(),
  consumer text not null,
  event_id uuid,
  subject text not null,
  reason text not null,
  event text not null,
  attempts integer not null,
  park_time timestamptz not null default now(),
  unique (consumer, event_id)
);

-- The last version of each record that a projection has applied.
create table projection_seen (
  projection text not null,
  record_id uuid not null,
  version integer not null,
  primary key (projection, record_id)
);
create table projection_state (
  projection text primary key,
  bootstrap_time timestamptz not null
);

-- Answers of requests that carry a request_id: the same id, the same answer.
create table idempotency (
  caller text not null,
  rpc text not null,
  request_id text not null,
  request_hash bytea not null,
  response bytea not null,
  create_time timestamptz not null default now(),
  primary key (caller, rpc, request_id)
);
create index idempotency_create_time on idempotency (create_time);

-- Every pair of neighbouring characters, for substring search that also finds two Chinese characters.
create function bigrams(input text) returns text[] language sql immutable parallel safe strict as $$
  select coalesce(array_agg(distinct substr(input, i, 2)), '{}') from generate_series(1, greatest(length(input) - 1, 1)) i
$$;
