-- Leads, customers and contacts. Columns are the fields of the contract under their .proto names.
create table lead (
  id uuid primary key,
  version integer not null,
  number text not null unique,
  name text not null,
  company text not null default '',
  title text not null default '',
  phones text[] not null default '{}',
  emails text[] not null default '{}',
  state text not null,
  state_reason text not null default '',
  source text not null default '',
  industry text not null default '',
  region text not null default '',
  address text not null default '',
  website text not null default '',
  note text not null default '',
  owner_id uuid,
  department_id uuid,
  next_contact_date date,
  last_contact_time timestamptz,
  customer_id uuid,
  contact_id uuid,
  opportunity_id uuid,
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
create index lead_newest on lead (create_time desc, id desc) where delete_time is null;
create index lead_department on lead (department_id, create_time desc, id desc) where delete_time is null;
create index lead_owner on lead (owner_id, create_time desc, id desc) where delete_time is null;
create index lead_deleted on lead (create_time desc, id desc) where delete_time is not null;
create index lead_due on lead (owner_id, next_contact_date) where delete_time is null and next_contact_date is not null;
create index lead_search_open on lead using gin (bigrams(search_open));
create index lead_search_guarded on lead using gin (bigrams(search_guarded));
create unique index lead_external on lead (external_id) where external_id <> '';

create table customer (
  id uuid primary key,
  version integer not null,
  number text not null unique,
  name text not null,
  kind text not null,
  short_name text not null default '',
  tax_id text not null default '',
  phones text[] not null default '{}',
  emails text[] not null default '{}',
  industry text not null default '',
  region text not null default '',
  address text not null default '',
  website text not null default '',
  size text not null default '',
  level text not null default '',
  source text not null default '',
  note text not null default '',
  parent_id uuid references customer,
  owner_id uuid not null,
  department_id uuid,
  next_contact_date date,
  last_contact_time timestamptz,
  lead_id uuid,
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
create index customer_newest on customer (create_time desc, id desc) where delete_time is null;
create index customer_department on customer (department_id, create_time desc, id desc) where delete_time is null;
create index customer_owner on customer (owner_id, create_time desc, id desc) where delete_time is null;
create index customer_deleted on customer (create_time desc, id desc) where delete_time is not null;
create index customer_name_lower on customer (lower(name)) where delete_time is null;
create index customer_due on customer (owner_id, next_contact_date) where delete_time is null and next_contact_date is not null;
create index customer_search_open on customer using gin (bigrams(search_open));
create index customer_search_guarded on customer using gin (bigrams(search_guarded));
create unique index customer_external on customer (external_id) where external_id <> '';

create table contact (
  id uuid primary key,
  version integer not null,
  number text not null unique,
  name text not null,
  customer_id uuid not null references customer,
  title text not null default '',
  department_name text not null default '',
  phones text[] not null default '{}',
  emails text[] not null default '{}',
  decision_role text not null default '',
  "primary" boolean not null default false,
  birthday date,
  note text not null default '',
  owner_id uuid,
  department_id uuid,
  lead_id uuid,
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
create index contact_newest on contact (create_time desc, id desc) where delete_time is null;
create index contact_customer on contact (customer_id, create_time desc);
create index contact_deleted on contact (create_time desc, id desc) where delete_time is not null;
create index contact_search_open on contact using gin (bigrams(search_open));
create index contact_search_guarded on contact using gin (bigrams(search_guarded));
create unique index contact_external on contact (external_id) where external_id <> '';

-- What makes two records look like one. A blocking key can be had once: two creates at the same moment cannot both pass.
create table match_key (
  noun text not null,
  record_id uuid not null,
  kind text not null,
  value text not null,
  blocking boolean not null,
  deleted boolean not null default false,
  primary key (noun, record_id, kind, value)
);
create index match_key_value on match_key (kind, value);
create unique index match_key_blocking on match_key (kind, value) where blocking and not deleted;
