-- The order in which a consumer handled events: seq is given while nobody else handles any.
alter table inbox add column seq bigint generated always as identity;

-- The last version of each record that a consumer is through with: a later one than the next waits for those between.
create table inbox_record (
  consumer text not null,
  record_id uuid not null,
  version integer not null,
  primary key (consumer, record_id)
) with (fillfactor = 80);

-- Since when a consumer counts versions: records that are older may have had some before.
create table inbox_consumer (
  consumer text primary key,
  begin_time timestamptz not null default now()
);
