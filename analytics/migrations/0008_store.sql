-- Who this store is: the manifest in PostgreSQL tells of one, and another one is empty.
create table if not exists store {on_cluster} (
  id String,
  create_time DateTime64(3, 'UTC') default now64(3)
) engine = {engine}()
order by id
settings non_replicated_deduplication_window = 1000, index_granularity = 256;
