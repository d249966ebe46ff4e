alter table partner
  -- Empty: it reads on NATS.
  add column webhook_url text not null default '',
  add column webhook_stop text not null default 'WEBHOOK_STOP_UNSPECIFIED',
  -- Until then what is posted is signed with the secret before too.
  add column old_secret_until timestamptz;
-- Who posts to a partner, and how far that is; nobody's record, and without events.
create table webhook_endpoint (
  partner_id uuid primary key references partner,
  generation integer not null,
  -- Events up to this number of the partner's stream are delivered or stand in webhook_event.
  taken_sequence bigint not null default 0,
  holder uuid,
  held_until timestamptz,
  -- When it last took something; since when it has taken nothing.
  taken_time timestamptz,
  failing_time timestamptz,
  tidy_time timestamptz not null default now()
);
-- What was posted, or is to be posted again. What the events say stands in the partner's stream alone.
create table webhook_event (
  partner_id uuid not null references partner,
  generation integer not null,
  id uuid not null,
  -- In the partner's stream; 0 for what the delivery says of itself.
  sequence bigint not null,
  type text not null,
  record_id text not null default '',
  state text not null,
  tries integer not null default 0,
  -- Of the tries since it was last asked for.
  first_time timestamptz,
  -- Null: as soon as nothing before it of its record waits.
  due_time timestamptz,
  attempts jsonb not null default '[]',
  update_time timestamptz not null,
  primary key (partner_id, generation, id)
);
create index webhook_event_waiting on webhook_event (partner_id, generation, sequence) where state = 'WEBHOOK_EVENT_STATE_WAITING';
create index webhook_event_newest on webhook_event (partner_id, update_time desc, id desc);
create index webhook_event_failed on webhook_event (partner_id, update_time) where state = 'WEBHOOK_EVENT_STATE_FAILED';
