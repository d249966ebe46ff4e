-- Days of the ledger that were proven to be whole in the event log, event by event; and when they were exported.
create table outbox_proof (
  day date primary key,
  prove_time timestamptz not null default now(),
  export_time timestamptz
);

-- A day with events goes when all of them are published, proven to be in the event log and exported; an empty one when its
-- time is over. Nothing is added to days that are over, so that looking needs no lock; dropping does, and tries again
-- another time rather than let those who write wait for it.
create or replace function outbox_drop(kept_days integer) returns setof text language plpgsql set lock_timeout = '1s' as $$
declare
  partition text;
  exported boolean;
  needed boolean;
begin
  perform pg_advisory_xact_lock(hashtext('outbox_partitions'));
  for partition, exported in
    select relname, exists (select from outbox_proof where day = to_date(substr(relname, 8), 'YYYYMMDD') and export_time is not null)
    from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'outbox'::regclass and relname ~ '^outbox_\d{8}$'
      and to_date(substr(relname, 8), 'YYYYMMDD') < (now() at time zone 'UTC')::date - kept_days
    order by relname
  loop
    execute format('select exists (select from %I where published_time is null or not $1)', partition) into needed using exported;
    continue when needed;
    execute format('drop table %I', partition);
    return next partition;
  end loop;
exception when lock_not_available then
  return;
end $$;
