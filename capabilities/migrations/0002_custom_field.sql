create table custom_field (
  id uuid primary key default uuidv7(),
  version integer not null,
  noun text not null,
  slug text not null,
  label text not null,
  label_en text not null default '',
  kind text not null,
  required boolean not null default false,
  choices jsonb not null default '[]',
  help text not null default '',
  indexed boolean not null default false,
  position integer not null default 0,
  retired boolean not null default false,
  create_time timestamptz not null,
  update_time timestamptz not null,
  unique (noun, slug)
);
