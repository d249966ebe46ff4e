-- Lists of a million leads by source, state and reach are chosen from an index alone. What is read so must be vacuumed soon.
create index lead_source on lead (source, create_time desc, id desc) include (state, owner_id, department_id) where delete_time is null;
create index lead_listed on lead (create_time desc, id desc) include (owner_id, department_id, state, source) where delete_time is null;
drop index lead_newest;
alter table lead set (autovacuum_vacuum_insert_scale_factor = 0.02);
alter table customer set (autovacuum_vacuum_insert_scale_factor = 0.02);
