-- One row per change of a record: its state after it, and the business date and time of the change.
create table if not exists ticket_change {on_cluster} (
  id String,
  version UInt32,
  part UInt8,
  date Date32,
  time DateTime64(3, 'UTC'),
  number String,
  name String,
  owner_id LowCardinality(String),
  department_id LowCardinality(String),
  creator_id LowCardinality(String),
  create_time Nullable(DateTime64(3, 'UTC')),
  deleted UInt8,
  share_ids Array(String),
  share_ends Array(DateTime64(3, 'UTC')),
  create_date Date32,
  solve_date Nullable(Date32),
  state LowCardinality(String),
  step LowCardinality(String),
  priority LowCardinality(String),
  queue_id LowCardinality(String),
  customer_id String,
  late UInt8,
  first_answer_time Nullable(DateTime64(3, 'UTC')),
  first_answer_minutes UInt32,
  solve_minutes UInt32
) engine = {engine}()
order by (id, version, part)
settings non_replicated_deduplication_window = 1000, index_granularity = 1024;

-- The last state of each record with its present owner, for scope; who had it when it was created and when its state last changed, for credit.
create table if not exists ticket {on_cluster} (
  id String,
  version UInt32,
  number String,
  name String,
  owner_id LowCardinality(String),
  department_id LowCardinality(String),
  creator_id LowCardinality(String),
  create_time Nullable(DateTime64(3, 'UTC')),
  deleted UInt8,
  share_ids Array(String),
  share_ends Array(DateTime64(3, 'UTC')),
  create_date Date32,
  solve_date Nullable(Date32),
  state LowCardinality(String),
  step LowCardinality(String),
  priority LowCardinality(String),
  queue_id LowCardinality(String),
  customer_id String,
  late UInt8,
  first_answer_time Nullable(DateTime64(3, 'UTC')),
  first_answer_minutes UInt32,
  solve_minutes UInt32,
  create_owner_id LowCardinality(String),
  create_department_id LowCardinality(String),
  state_date Date32,
  state_owner_id LowCardinality(String),
  state_department_id LowCardinality(String),
  steps Array(LowCardinality(String))
) engine = {engine}(version)
order by id
settings index_granularity = 1024;

-- Signed rows: each change takes away what was (-1) and adds what is (+1). Their sum up to a date is what stood then.
-- A row that adds (+1) holds until the date of the next: what stood on a day are those of them that had begun and not ended.
-- step is where the record stood, other_step where it came from (+1) or went to (-1), enter_time when it had come there.
create table if not exists ticket_movement {on_cluster} (
  id String,
  version UInt32,
  part UInt8,
  sign Int8,
  date Date32,
  until Date32,
  time DateTime64(3, 'UTC'),
  moved UInt8,
  step LowCardinality(String),
  other_step LowCardinality(String),
  enter_time DateTime64(3, 'UTC'),
  state LowCardinality(String),
  owner_id LowCardinality(String),
  department_id LowCardinality(String)
) engine = {engine}()
order by (id, version, part, sign)
settings index_granularity = 1024;
