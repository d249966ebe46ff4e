create table activity (
  id uuid primary key,
  version integer not null,
  kind text not null,
  subject_noun text not null,
  subject_id uuid not null,
  contact_id uuid,
  content text not null,
  happen_time timestamptz not null,
  next_contact_date date,
  owner_id uuid,
  department_id uuid,
  external_id text not null default '',
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create index activity_newest on activity (happen_time desc, id desc) where delete_time is null;
create index activity_subject on activity (subject_id, happen_time desc);
create index activity_owner on activity (owner_id, happen_time desc, id desc) where delete_time is null;
create unique index activity_external on activity (external_id) where external_id <> '';

-- Copy of the sales service's opportunities: what activities, the timeline and due contacts need of them.
create table opportunity_subject (
  id uuid primary key,
  name text not null,
  owner_id uuid,
  department_id uuid,
  customer_id uuid,
  open boolean not null,
  delete_time timestamptz,
  next_contact_date date,
  last_contact_time timestamptz
);
create index opportunity_subject_customer on opportunity_subject (customer_id);
create index opportunity_subject_due on opportunity_subject (owner_id, next_contact_date) where delete_time is null and open and next_contact_date is not null;

-- One entry an event, of all services. No field values: the text is composed from what its reader may see.
create table timeline (
  event_id uuid primary key,
  time timestamptz not null,
  event text not null,
  noun text not null,
  record_id uuid not null,
  version integer not null,
  subject_id uuid,
  actor_id uuid,
  reason text not null,
  imported boolean not null
);
create index timeline_record on timeline (record_id, time desc, event_id desc);
create index timeline_subject on timeline (subject_id, time desc, event_id desc) where subject_id is not null;

-- A conversion is a process over two services; its lead is its identity, so there is one.
create table conversion (
  lead_id uuid primary key references lead,
  state text not null,
  step text not null,
  customer_id uuid not null,
  contact_id uuid not null,
  opportunity_id uuid,
  new_customer boolean not null,
  new_contact boolean not null,
  draft jsonb not null,
  caller_id uuid not null,
  session_id text not null,
  problem text not null default '',
  create_time timestamptz not null
);
