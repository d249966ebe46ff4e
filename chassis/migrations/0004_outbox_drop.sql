-- Drops the partitions of days before the last `kept_days` whose every event is published; one with an event that waits
-- stays, however old. Nothing is added to days that are over, so that looking needs no lock; dropping does, and tries
-- again another time rather than let those who write wait for it.
create function outbox_drop(kept_days integer) returns setof text language plpgsql set lock_timeout = '1s' as $$
declare
  partition text;
  waiting boolean;
begin
  perform pg_advisory_xact_lock(hashtext('outbox_partitions'));
  for partition in
    select relname from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'outbox'::regclass and relname ~ '^outbox_\d{8}$'
      and to_date(substr(relname, 8), 'YYYYMMDD') < (now() at time zone 'UTC')::date - kept_days
    order by relname
  loop
    execute format('select exists (select from %I where published_time is null)', partition) into waiting;
    continue when waiting;
    execute format('drop table %I', partition);
    return next partition;
  end loop;
exception when lock_not_available then
  return;
end $$;
