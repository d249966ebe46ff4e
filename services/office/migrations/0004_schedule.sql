create table schedule (
  id uuid primary key,
  version integer not null,
  name text not null,
  place text not null default '',
  note text not null default '',
  start_time timestamptz not null,
  end_time timestamptz not null,
  all_day boolean not null default false,
  reminder_minutes integer,
  record_noun text not null default '',
  record_id uuid,
  owner_id uuid not null,
  department_id uuid not null,
  participant_ids text[] not null default '{}',
  external_id text not null default '',
  custom jsonb not null default '{}',
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default '',
  constraint schedule_record check ((record_id is null) = (record_noun = '')),
  constraint schedule_lasts check (start_time < end_time)
);
create index schedule_latest on schedule (start_time desc, id desc) where delete_time is null;
create index schedule_department on schedule (department_id, start_time desc, id desc) where delete_time is null;
create index schedule_owner on schedule (owner_id, start_time desc, id desc) where delete_time is null;
create index schedule_participants on schedule using gin (participant_ids);
create index schedule_creator on schedule (creator_id);
create index schedule_about on schedule (record_id) where record_id is not null;
create index schedule_deleted on schedule (start_time desc, id desc) where delete_time is not null;
create index schedule_search_open on schedule using gin (bigrams(search_open));
create unique index schedule_external on schedule (external_id) where external_id <> '' and delete_time is null;

-- A copy of customer's activities, as far as calendars and logs need them.
create table follow_up (
  id uuid primary key,
  owner_id uuid,
  department_id uuid,
  kind text not null,
  subject_noun text not null,
  subject_id uuid not null,
  happen_time timestamptz not null,
  next_contact_date date,
  deleted boolean not null
);
create index follow_up_promises on follow_up (owner_id, next_contact_date) where next_contact_date is not null and not deleted;
create index follow_up_of_subject on follow_up (subject_id, owner_id, happen_time) where not deleted;

-- Who is to be told of what and when, until they are: then the row goes in the transaction that tells them.
create table reminder (
  -- The task, schedule or follow-up that it comes of.
  source_id uuid not null,
  employee_id uuid not null,
  kind text not null,
  record_noun text not null,
  record_id uuid not null,
  -- Either an instant, or what the wall clock of the enterprise shows, wherever that comes to hang.
  fire_time timestamptz,
  local_time timestamp,
  primary key (source_id, employee_id),
  constraint reminder_when check (num_nonnulls(fire_time, local_time) = 1)
);
create index reminder_fire on reminder (fire_time) where fire_time is not null;
create index reminder_local on reminder (local_time) where local_time is not null;
