-- One row per change of a record: its state after it, and the business date and time of the change.
-- part tells apart what one event stands for: history that comes in closed was opened (0) and closed (1).
create table if not exists target_change {on_cluster} (
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
  measure LowCardinality(String),
  subject LowCardinality(String),
  subject_id String,
  amount Decimal(38, 4)
) engine = {engine}()
order by (id, version, part)
settings non_replicated_deduplication_window = 1000, index_granularity = 1024;

-- The last state of each record with its present owner, for scope; and whose it was when it was first set.
create table if not exists target {on_cluster} (
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
  measure LowCardinality(String),
  subject LowCardinality(String),
  subject_id String,
  amount Decimal(38, 4),
  create_owner_id LowCardinality(String),
  create_department_id LowCardinality(String)
) engine = {engine}(version)
order by id
settings index_granularity = 1024;
