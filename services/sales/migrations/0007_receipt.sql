-- The receipt plan of a contract: instalments, the first due first.
alter table contract add column instalments jsonb not null default '[]';

-- The ledger of contracts: receipts, and what went back of them, each a row of its own that nobody deletes.
create table receipt (
  id uuid primary key,
  version integer not null,
  number text not null unique,
  contract_id uuid not null references contract,
  customer_id uuid not null,
  kind text not null,
  state text not null,
  receive_date date not null,
  method text not null,
  amount jsonb not null,
  returned jsonb,
  allocations jsonb not null default '[]',
  bank_ref text not null default '',
  payer text not null default '',
  note text not null default '',
  returns_id uuid references receipt,
  reason text not null default '',
  owner_id uuid not null,
  department_id uuid not null,
  external_id text not null default '',
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default '',
  constraint receipt_sign check (((amount ->> 'amount')::numeric > 0) = (kind = 'RECEIPT_KIND_RECEIPT')),
  constraint receipt_of check ((returns_id is null) = (kind = 'RECEIPT_KIND_RECEIPT')),
  constraint receipt_stays check (delete_time is null)
);
create index receipt_newest on receipt (create_time desc, id desc);
create index receipt_date on receipt (receive_date desc, id desc);
create index receipt_contract on receipt (contract_id, create_time desc, id desc);
create index receipt_customer on receipt (customer_id, create_time desc, id desc);
create index receipt_returns on receipt (returns_id) where returns_id is not null;
create unique index receipt_bank_ref on receipt (contract_id, bank_ref)
  where bank_ref <> '' and kind = 'RECEIPT_KIND_RECEIPT' and state <> 'RECEIPT_STATE_REVERSED';
create unique index receipt_external on receipt (external_id) where external_id <> '' and delete_time is null;
create index receipt_search_open on receipt using gin (bigrams(search_open));
create index receipt_search_guarded on receipt using gin (bigrams(search_guarded));
