-- Every event, whole, for good: what facts are rebuilt from when they, or the streams, are lost.
-- An event that comes again has the same key and is kept once.
create table if not exists event_log {on_cluster} (
  id UUID,
  subject LowCardinality(String),
  service LowCardinality(String),
  noun LowCardinality(String),
  record_id String,
  version UInt32,
  time DateTime64(3, 'UTC'),
  recorded_time DateTime64(3, 'UTC'),
  business_date Date32,
  actor_id LowCardinality(String),
  actor_kind LowCardinality(String),
  imported UInt8,
  stream_seq UInt64,
  event String codec(ZSTD(3))
) engine = {engine}()
partition by toYYYYMM(recorded_time)
order by (noun, record_id, version, id)
settings non_replicated_deduplication_window = 1000, index_granularity = 2048;

-- The last state of the nouns that figures are labelled and rolled up by: employees, departments, pipelines, custom fields, the enterprise.
create table if not exists directory {on_cluster} (
  noun LowCardinality(String),
  id String,
  version UInt32,
  state String
) engine = {engine}(version)
order by (noun, id)
settings non_replicated_deduplication_window = 1000, index_granularity = 256;
