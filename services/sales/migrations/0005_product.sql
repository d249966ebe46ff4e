-- What is sold: a tree of categories, products with their prices, and the lines of deals that name them.
create table product_category (
  id uuid primary key,
  version integer not null,
  name text not null,
  parent_id uuid references product_category,
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create unique index product_category_name on product_category (coalesce(parent_id::text, ''), lower(name)) where delete_time is null;

create table product (
  id uuid primary key,
  version integer not null,
  number text not null unique,
  name text not null,
  sku text not null default '',
  category_id uuid references product_category,
  unit text not null default '',
  list_price jsonb,
  cost jsonb,
  state text not null,
  note text not null default '',
  prices jsonb not null default '[]',
  external_id text not null default '',
  custom jsonb not null default '{}',
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create unique index product_sku on product (lower(sku)) where sku <> '' and delete_time is null;
create unique index product_external on product (external_id) where external_id <> '' and delete_time is null;
create index product_newest on product (create_time desc, id desc) where delete_time is null;
create index product_deleted on product (create_time desc, id desc) where delete_time is not null;
create index product_category_of on product (category_id, create_time desc, id desc) where delete_time is null;
create index product_name_key on product (lower(name)) where delete_time is null;
create index product_search_open on product using gin (bigrams(search_open));
create index product_search_guarded on product using gin (bigrams(search_guarded));

alter table opportunity add column lines jsonb not null default '[]';
