-- What people say to each other about records of this service.
create table comment (
  id uuid primary key,
  version integer not null,
  record_noun text not null,
  record_id uuid not null,
  text text not null,
  mention_ids uuid[] not null default '{}',
  creator_id uuid not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  edit_time timestamptz,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create index comment_record on comment (record_id, create_time desc, id desc) where delete_time is null;
