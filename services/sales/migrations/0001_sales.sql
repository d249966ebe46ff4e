-- Pipelines and opportunities. Columns are the fields of the contract under their .proto names; money takes four.
create table pipeline (
  id uuid primary key,
  version integer not null,
  name text not null,
  stages jsonb not null,
  department_ids text[] not null default '{}',
  active boolean not null,
  "default" boolean not null,
  lost_reasons text[] not null default '{}',
  revision integer not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create unique index pipeline_name on pipeline (lower(name));
create unique index pipeline_default on pipeline ("default") where "default";

-- The stages as they were: deals keep the revision that they began under.
create table pipeline_revision (
  pipeline_id uuid not null references pipeline,
  revision integer not null,
  stages jsonb not null,
  create_time timestamptz not null,
  primary key (pipeline_id, revision)
);
create index pipeline_revision_stages on pipeline_revision using gin (stages jsonb_path_ops);

-- The newest name of every stage there ever was.
create view stage_name as
  select distinct on (stage ->> 'id') (stage ->> 'id')::uuid as id, stage ->> 'name' as name
  from pipeline_revision, jsonb_array_elements(stages) stage order by stage ->> 'id', revision desc;

create table opportunity (
  id uuid primary key,
  version integer not null,
  number text not null unique,
  name text not null,
  customer_id uuid,
  contacts jsonb not null default '[]',
  -- As agreed, its currency, its worth in the enterprise's base currency, and the day whose rate was taken.
  amount numeric(22, 4),
  currency text,
  base_amount numeric(26, 4),
  rate_date date,
  expected_close_date date,
  pipeline_id uuid not null,
  pipeline_revision integer not null,
  stage_id uuid not null,
  state text not null,
  probability integer not null,
  probability_reason text not null default '',
  source text not null default '',
  competitor text not null default '',
  next_step text not null default '',
  note text not null default '',
  owner_id uuid not null,
  department_id uuid not null,
  stage_time timestamptz not null,
  close_date date,
  lost_reason text not null default '',
  close_note text not null default '',
  last_stage_id uuid,
  lead_id uuid,
  external_id text not null default '',
  custom jsonb not null default '{}',
  shares jsonb not null default '[]',
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  create_date date not null,
  checked_items text[] not null default '{}',
  search_open text not null default '',
  search_guarded text not null default '',
  constraint opportunity_amount check (amount >= 0 and (amount is null) = (currency is null) and (amount is null) = (base_amount is null) and (amount is null) = (rate_date is null)),
  constraint opportunity_closed check ((state = 'OPPORTUNITY_STATE_OPEN') = (close_date is null)),
  constraint opportunity_won check (state <> 'OPPORTUNITY_STATE_WON' or amount is not null),
  foreign key (pipeline_id, pipeline_revision) references pipeline_revision
);
create index opportunity_newest on opportunity (create_time desc, id desc) where delete_time is null;
create index opportunity_department on opportunity (department_id, create_time desc, id desc) where delete_time is null;
create index opportunity_owner on opportunity (owner_id, create_time desc, id desc) where delete_time is null;
create index opportunity_deleted on opportunity (create_time desc, id desc) where delete_time is not null;
create index opportunity_customer on opportunity (customer_id, create_time desc, id desc) where delete_time is null;
-- The board: newest cards of a column, and its sums from the index alone.
create index opportunity_stage on opportunity (pipeline_id, stage_id, create_time desc, id desc) include (base_amount, probability) where delete_time is null;
create index opportunity_expected on opportunity (expected_close_date, id) where delete_time is null and expected_close_date is not null;
create index opportunity_search_open on opportunity using gin (bigrams(search_open));
create index opportunity_search_guarded on opportunity using gin (bigrams(search_guarded));
create unique index opportunity_external on opportunity (external_id) where external_id <> '';

-- How long a deal stood where, who moved it and why.
create table stage_stay (
  id uuid primary key default uuidv7(),
  opportunity_id uuid not null references opportunity,
  stage_id uuid not null,
  stage_name text not null,
  enter_time timestamptz not null,
  leave_time timestamptz,
  mover_id text not null,
  reason text not null default ''
);
create index stage_stay_opportunity on stage_stay (opportunity_id, enter_time, id);
create unique index stage_stay_present on stage_stay (opportunity_id) where leave_time is null;

-- A copy of the customer service's customers: to know that they exist, to find deals by their name, to look them up in imports.
create table customer (
  id uuid primary key,
  name text not null,
  number text not null,
  external_id text not null,
  owner_id uuid,
  department_id uuid,
  deleted boolean not null,
  search text not null
);
create index customer_search on customer using gin (bigrams(search));
create index customer_name on customer (lower(name));
create index customer_number on customer (lower(number));
create index customer_external on customer (external_id) where external_id <> '';
