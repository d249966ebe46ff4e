create table task (
  id uuid primary key,
  version integer not null,
  number text not null unique,
  name text not null,
  note text not null default '',
  state text not null,
  priority text not null,
  due_date date,
  due_clock text not null default '',
  checklist jsonb not null default '[]',
  record_noun text not null default '',
  record_id uuid,
  owner_id uuid not null,
  department_id uuid not null,
  participant_ids text[] not null default '{}',
  finish_time timestamptz,
  finisher_id uuid,
  external_id text not null default '',
  custom jsonb not null default '{}',
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default '',
  constraint task_record check ((record_id is null) = (record_noun = '')),
  constraint task_clock check (due_clock = '' or due_date is not null)
);
create index task_newest on task (create_time desc, id desc) where delete_time is null;
create index task_department on task (department_id, create_time desc, id desc) where delete_time is null;
create index task_owner on task (owner_id, create_time desc, id desc) where delete_time is null;
create index task_due on task (owner_id, due_date, id) where delete_time is null and finish_time is null;
create index task_participants on task using gin (participant_ids);
create index task_creator on task (creator_id);
create index task_about on task (record_id) where record_id is not null;
create index task_deleted on task (create_time desc, id desc) where delete_time is not null;
create index task_search_open on task using gin (bigrams(search_open));
create unique index task_external on task (external_id) where external_id <> '' and delete_time is null;
