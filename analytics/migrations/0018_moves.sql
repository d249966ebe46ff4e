-- How a record moved stands in its fact, a place in each list for each movement: what stood from `date` until `until` (ADR 0022).
-- The comparison with the event log finds the facts that were made before and makes them anew; `POST /rebuild` does it at once.
-- The tables <noun>_movement stay for the release before, which reads them while it is replaced.

alter table lead {on_cluster} add column if not exists moves Nested(
  date Date32,
  until Date32,
  enter_time DateTime('UTC'),
  leave_time DateTime('UTC'),
  step LowCardinality(String),
  from_step LowCardinality(String),
  enters UInt8,
  leaves UInt8,
  state LowCardinality(String),
  owner_id LowCardinality(String),
  department_id LowCardinality(String)
);

alter table task {on_cluster} add column if not exists moves Nested(
  date Date32,
  until Date32,
  enter_time DateTime('UTC'),
  leave_time DateTime('UTC'),
  step LowCardinality(String),
  from_step LowCardinality(String),
  enters UInt8,
  leaves UInt8,
  state LowCardinality(String),
  owner_id LowCardinality(String),
  department_id LowCardinality(String)
);

alter table ticket {on_cluster} add column if not exists moves Nested(
  date Date32,
  until Date32,
  enter_time DateTime('UTC'),
  leave_time DateTime('UTC'),
  step LowCardinality(String),
  from_step LowCardinality(String),
  enters UInt8,
  leaves UInt8,
  state LowCardinality(String),
  owner_id LowCardinality(String),
  department_id LowCardinality(String)
);

alter table opportunity {on_cluster} add column if not exists moves Nested(
  date Date32,
  until Date32,
  enter_time DateTime('UTC'),
  leave_time DateTime('UTC'),
  step LowCardinality(String),
  from_step LowCardinality(String),
  enters UInt8,
  leaves UInt8,
  state LowCardinality(String),
  stage_id LowCardinality(String),
  pipeline_id LowCardinality(String),
  owner_id LowCardinality(String),
  department_id LowCardinality(String),
  amount Decimal(38, 4),
  weighted_amount Decimal(38, 4)
);

-- A fact that nothing changes lies in one part an hour later. Reading the last of each record over many parts costs up to four
-- times what one part costs, and the engine by itself leaves parts of one size side by side for good.
alter table activity {on_cluster} modify setting min_age_to_force_merge_seconds = 3600;
alter table campaign {on_cluster} modify setting min_age_to_force_merge_seconds = 3600;
alter table contact {on_cluster} modify setting min_age_to_force_merge_seconds = 3600;
alter table contract {on_cluster} modify setting min_age_to_force_merge_seconds = 3600;
alter table customer {on_cluster} modify setting min_age_to_force_merge_seconds = 3600;
alter table lead {on_cluster} modify setting min_age_to_force_merge_seconds = 3600;
alter table opportunity {on_cluster} modify setting min_age_to_force_merge_seconds = 3600;
alter table receipt {on_cluster} modify setting min_age_to_force_merge_seconds = 3600;
alter table target {on_cluster} modify setting min_age_to_force_merge_seconds = 3600;
alter table task {on_cluster} modify setting min_age_to_force_merge_seconds = 3600;
alter table ticket {on_cluster} modify setting min_age_to_force_merge_seconds = 3600;
