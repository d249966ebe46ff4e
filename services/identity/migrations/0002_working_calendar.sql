create table working_calendar (
  id uuid primary key,
  version integer not null,
  name text not null,
  time_zone text not null,
  week jsonb not null,
  exceptions jsonb not null default '[]',
  active boolean not null,
  "default" boolean not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create unique index working_calendar_name on working_calendar (lower(name));
create unique index working_calendar_default on working_calendar ("default") where "default";
