create table saved_view (
  id uuid primary key,
  version integer not null,
  noun text not null,
  name text not null,
  filter text not null default '',
  order_by text not null default '',
  columns text[] not null default '{}',
  layout text not null default '',
  shared boolean not null default false,
  "default" boolean not null default false,
  owner_id uuid not null,
  position integer not null default 0,
  create_time timestamptz not null default now()
);
create index saved_view_noun on saved_view (noun, owner_id);
create unique index saved_view_default on saved_view (noun, owner_id) where "default";
