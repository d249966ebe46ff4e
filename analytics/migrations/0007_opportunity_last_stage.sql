-- The stage in which a deal was closed. Rows from before are filled by a rebuild (POST /rebuild on the admin port).
alter table opportunity_change {on_cluster} add column if not exists last_stage_id LowCardinality(String);
alter table opportunity {on_cluster} add column if not exists last_stage_id LowCardinality(String);
