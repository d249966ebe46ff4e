-- Files that imports read and jobs write; the bytes are on the disk or in the bucket under the same id.
create table file (
  id uuid primary key,
  name text not null,
  media_type text not null,
  -- How the table inside is to be read: utf-8, gbk, xlsx …
  encoding text not null,
  size bigint not null,
  sha256 text not null,
  -- upload or result
  purpose text not null,
  owner_id uuid not null,
  -- Rows of the table, headings not counted, once somebody has counted them.
  row_count integer,
  create_time timestamptz not null,
  expire_time timestamptz not null
);
create index file_expire_time on file (expire_time);
create index file_owner on file (owner_id, purpose);
