create table work_log (
  id uuid primary key,
  version integer not null,
  date date not null,
  state text not null,
  owner_id uuid not null,
  department_id uuid not null,
  done text not null default '',
  plan text not null default '',
  help text not null default '',
  items jsonb not null default '[]',
  submit_time timestamptz,
  late boolean not null default false,
  comments jsonb not null default '[]',
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default '',
  constraint work_log_of_day unique (owner_id, date)
);
create index work_log_latest on work_log (date desc, id desc);
create index work_log_owner on work_log (owner_id, date desc, id desc);
create index work_log_department on work_log (department_id, date desc, id desc);

-- Whoever may write logs is to; null until the copy is built anew.
alter table reporting_role add column logs boolean not null default false;
-- The copies of roles are made anew, with what is asked of them since.
delete from projection_seen where projection = 'reporting-role';
delete from projection_state where projection = 'reporting-role';
delete from reporting_role;

create index follow_up_day on follow_up (owner_id, happen_time) where not deleted;
