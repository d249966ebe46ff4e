-- The edges of every batch, written before its insert: a retry reads exactly this range again.
create table ingest_batch (
  stream text not null,
  -- A stream that was made anew counts from 1 again.
  stream_created timestamptz not null,
  first_seq bigint not null,
  last_seq bigint not null,
  -- Counts repairs of the range; part of the deduplication token.
  heal integer not null default 0,
  state text not null check (state in ('writing', 'done')),
  create_time timestamptz not null default now(),
  done_time timestamptz,
  primary key (stream, stream_created, first_seq, heal),
  check (first_seq <= last_seq)
);
create index ingest_batch_writing on ingest_batch (stream) where state = 'writing';
