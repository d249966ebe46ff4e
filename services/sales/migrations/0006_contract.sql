-- Contracts: what was agreed, its lines, and where its approval stands.
create table contract (
  id uuid primary key,
  version integer not null,
  number text not null unique,
  name text not null,
  customer_id uuid not null,
  opportunity_id uuid references opportunity,
  contact_id uuid,
  lines jsonb not null default '[]',
  discount jsonb,
  amount jsonb,
  sign_date date,
  start_date date,
  end_date date,
  our_signer text not null default '',
  customer_signer text not null default '',
  state text not null,
  approval_id uuid,
  submitter_id uuid,
  decision_reason text not null default '',
  void_reason text not null default '',
  effective_date date,
  note text not null default '',
  owner_id uuid not null,
  department_id uuid not null,
  external_id text not null default '',
  custom jsonb not null default '{}',
  shares jsonb not null default '[]',
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default '',
  constraint contract_dates check (end_date >= start_date),
  constraint contract_amount check (state in ('CONTRACT_STATE_DRAFT', 'CONTRACT_STATE_VOID') or amount is not null)
);
create index contract_newest on contract (create_time desc, id desc) where delete_time is null;
create index contract_department on contract (department_id, create_time desc, id desc) where delete_time is null;
create index contract_owner on contract (owner_id, create_time desc, id desc) where delete_time is null;
create index contract_deleted on contract (create_time desc, id desc) where delete_time is not null;
create index contract_customer on contract (customer_id, create_time desc, id desc) where delete_time is null;
create index contract_opportunity on contract (opportunity_id, create_time desc, id desc) where delete_time is null and opportunity_id is not null;
create unique index contract_approval on contract (approval_id) where approval_id is not null;
create unique index contract_external on contract (external_id) where external_id <> '' and delete_time is null;
create index contract_name_key on contract (customer_id, lower(name)) where delete_time is null;
create index contract_search_open on contract using gin (bigrams(search_open));
create index contract_search_guarded on contract using gin (bigrams(search_guarded));
