alter table queue
  add column form jsonb,
  add column public_key text,
  -- Signs the tickets of the public page; never leaves this service.
  add column form_secret text not null default '';
create unique index queue_public_key on queue (public_key);

alter table ticket
  add column requester_name text not null default '',
  add column requester_phone text not null default '',
  add column requester_email text not null default '',
  add column requester_locale text not null default '';

-- Everything that was sent in, whatever became of it, with the id and number of the ticket that it may become.
create table ticket_submission (
  id uuid primary key,
  version integer not null,
  queue_id uuid not null references queue,
  state text not null,
  reason text not null,
  number text not null,
  name text not null,
  description text not null,
  type text not null,
  requester_name text not null,
  requester_phone text not null,
  requester_email text not null,
  requester_locale text not null,
  consent text not null,
  remote_address text not null,
  department_id uuid not null,
  ticket_id uuid not null unique,
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create index ticket_submission_newest on ticket_submission (create_time desc, id desc) where delete_time is null;
create index ticket_submission_queue on ticket_submission (queue_id, create_time desc, id desc);
create index ticket_submission_state on ticket_submission (state, create_time desc, id desc);
create index ticket_submission_address on ticket_submission (remote_address, create_time);
create index ticket_submission_search_open on ticket_submission using gin (bigrams(search_open));

-- Until when everything that is sent to a queue waits for a person: it is being flooded.
create table ticket_flood (
  queue_id uuid primary key references queue,
  until timestamptz not null
);

-- Links by which strangers follow a ticket, or what has been sent in and is none yet. Of a link only this hash is stored.
create table follow_link (
  token_hash bytea primary key,
  ticket_id uuid not null,
  create_time timestamptz not null default now()
);
create index follow_link_ticket on follow_link (ticket_id);
