-- Files on records of this service. The bytes are the file's, which is kept for as long as it hangs somewhere.
create table attachment (
  id uuid primary key,
  version integer not null,
  record_noun text not null,
  record_id uuid not null,
  -- A file hangs on one record, once.
  file_id uuid not null unique,
  name text not null,
  media_type text not null,
  size bigint not null,
  sha256 text not null,
  creator_id uuid not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create index attachment_record on attachment (record_id, create_time desc, id desc) where delete_time is null;
comment on column file.purpose is 'upload, result or attachment';
