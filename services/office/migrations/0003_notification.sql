create table notification (
  id uuid primary key,
  version integer not null,
  employee_id uuid not null,
  kind text not null,
  -- The same person is told of the same once.
  cause text not null,
  record_noun text not null,
  record_id uuid not null,
  count integer not null,
  actor_id uuid,
  read_time timestamptz,
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default '',
  constraint notification_cause unique (employee_id, kind, cause)
);
create index notification_newest on notification (employee_id, create_time desc, id desc);
create index notification_unread on notification (employee_id, create_time desc, id desc) where read_time is null;

-- Kinds that a person does not want to be told of.
create table notification_muted (
  employee_id uuid not null,
  kind text not null,
  primary key (employee_id, kind)
);
