create table partner (
  id uuid primary key,
  version integer not null,
  name text not null,
  contact text not null default '',
  note text not null default '',
  active boolean not null default true,
  subscriptions jsonb not null default '[]',
  history_from date,
  generation integer not null default 1,
  secret_time timestamptz not null,
  -- 128 random bits: whoever knows it can write into the partner's stream, so it is shown to nobody else.
  bus_user text not null unique,
  password_hash bytea not null,
  -- Counts the passwords: a connection that came with another one is cut off.
  secret_count integer not null default 1,
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create unique index partner_name on partner (lower(name));
-- What the delivery said last; nobody's record, and without events.
create table partner_delivery (
  partner_id uuid primary key references partner,
  delivery jsonb not null,
  report_time timestamptz not null
);
