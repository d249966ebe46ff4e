create table queue (
  id uuid primary key,
  version integer not null,
  name text not null,
  department_id uuid not null,
  calendar_id uuid,
  targets jsonb not null default '[]',
  active boolean not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create unique index queue_name on queue (lower(name));

create table ticket (
  id uuid primary key,
  version integer not null,
  number text not null unique,
  name text not null,
  description text not null default '',
  customer_id uuid,
  contact_id uuid,
  type text not null,
  priority text not null,
  queue_id uuid not null references queue,
  channel text not null,
  state text not null,
  owner_id uuid,
  department_id uuid not null,
  target_minutes integer,
  due_time timestamptz,
  remaining_minutes integer,
  late boolean not null default false,
  -- The clock: working minutes that have run, and since when it runs again; null while it stands still.
  worked_minutes integer not null default 0,
  running_since timestamptz,
  cause text not null default '',
  solution text not null default '',
  first_answer_time timestamptz,
  first_answer_minutes integer,
  solve_time timestamptz,
  solve_minutes integer,
  reopen_count integer not null default 0,
  external_id text not null default '',
  custom jsonb not null default '{}',
  shares jsonb not null default '[]',
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create index ticket_newest on ticket (create_time desc, id desc) where delete_time is null;
create index ticket_department on ticket (department_id, create_time desc, id desc) where delete_time is null;
create index ticket_owner on ticket (owner_id, create_time desc, id desc) where delete_time is null;
create index ticket_deleted on ticket (create_time desc, id desc) where delete_time is not null;
create index ticket_customer on ticket (customer_id, create_time desc, id desc) where delete_time is null;
create index ticket_state on ticket (state, create_time desc, id desc) where delete_time is null;
create index ticket_queue on ticket (queue_id, create_time desc, id desc) where delete_time is null;
create index ticket_due on ticket (due_time, id) where delete_time is null and not late and running_since is not null;
create index ticket_late on ticket (create_time desc, id desc) where delete_time is null and late;
create index ticket_search_open on ticket using gin (bigrams(search_open));
create unique index ticket_external on ticket (external_id) where external_id <> '' and delete_time is null;

create table ticket_message (
  id uuid primary key,
  version integer not null,
  ticket_id uuid not null references ticket,
  kind text not null,
  body text not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create index ticket_message_newest on ticket_message (ticket_id, create_time desc, id desc);

-- A copy of the customer service's customers: to know that they exist, to find tickets by their name.
create table customer (
  id uuid primary key,
  name text not null,
  number text not null,
  external_id text not null,
  owner_id uuid,
  department_id uuid,
  deleted boolean not null,
  search text not null
);
create index customer_search on customer using gin (bigrams(search));
create index customer_name on customer (lower(name));
create index customer_number on customer (lower(number));
create index customer_external on customer (external_id) where external_id <> '';
