-- Tags that people put on records of this service. Records keep the ids, in a column of their own.
create table tag (
  id uuid primary key,
  version integer not null,
  name text not null,
  color text not null,
  exclusive_group text not null,
  retired boolean not null,
  service text not null,
  creator_id uuid,
  create_time timestamptz not null,
  update_time timestamptz not null,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create unique index tag_name on tag (lower(name));
