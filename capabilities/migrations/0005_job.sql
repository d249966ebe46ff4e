-- Long work on behalf of a person. The row is locked while a batch of it is written, so that two workers never do the same.
create table job (
  id uuid primary key,
  version integer not null,
  kind text not null,
  noun text not null,
  state text not null,
  -- What was asked for, as JSON of the request.
  settings jsonb not null,
  total integer not null default 0,
  processed integer not null default 0,
  created integer not null default 0,
  updated integer not null default 0,
  skipped integer not null default 0,
  failed integer not null default 0,
  -- The last row of the file that is done, and the round of rows that wait for others of the same file.
  position integer not null default 0,
  round integer not null default 0,
  -- Times that a worker began.
  attempts integer not null default 0,
  source_file_name text not null default '',
  result_file_id uuid,
  result_file_name text not null default '',
  result_sha256 text not null default '',
  creator_id uuid not null,
  -- The session or API key that it was asked for in; when it ends, the job does.
  session_id text not null,
  locale text not null,
  problem_reason text not null default '',
  problem text not null default '',
  create_time timestamptz not null,
  start_time timestamptz,
  end_time timestamptz
);
create index job_creator on job (creator_id, create_time desc, id desc);
create index job_newest on job (create_time desc, id desc);

-- What came of each row. It is written in the transaction of the row's effect: a row that stands here is done.
create table job_row (
  job_id uuid not null references job on delete cascade,
  row integer not null,
  record_id uuid,
  -- created, updated, skipped, failed; waiting and deferred while there is something left to do.
  outcome text not null,
  errors jsonb not null default '[]',
  -- The cells of rows that failed or wait for others.
  cells jsonb,
  -- Bulk edits: the version that the person saw; 0 for any.
  version integer not null default 0,
  -- The round that last tried a deferred row.
  round integer not null default 0,
  primary key (job_id, row)
);
create index job_row_outcome on job_row (job_id, outcome, row);

-- Asked while the job's row is locked by a batch.
create table job_cancel (
  job_id uuid primary key references job on delete cascade
);

-- Which record a row of a file became: the same row, in whatever file, is that record.
create table import_identity (
  noun text not null,
  kind text not null,
  value text not null,
  record_id uuid not null,
  -- The row that had it last: a second one in the same file is a duplicate.
  job_id uuid not null,
  row integer not null,
  -- Brought in with dates of its own.
  history boolean not null,
  primary key (noun, kind, value)
);
create index import_identity_record on import_identity (noun, record_id);
