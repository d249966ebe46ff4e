-- Where the records of somebody who moved are to go. The newest move counts; a move that is done is kept, so that an old
-- event that comes again moves nothing back.
create table follow_owner (
  employee_id uuid primary key,
  version integer not null,
  department_id uuid not null,
  move_time timestamptz not null,
  done boolean not null default false
);
