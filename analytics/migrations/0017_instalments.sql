-- The receipt plan of a contract: one place in each list for every instalment, in the currency of the contract (sums) and in
-- the base currency (amounts). What of a receipt is for which instalment stands with the receipt, in the currency of the
-- contract. `POST /rebuild` fills them for contracts and receipts that were counted before.
alter table contract_change {on_cluster}
  add column if not exists instalment_ids Array(String),
  add column if not exists instalment_names Array(String),
  add column if not exists instalment_due_dates Array(Date32),
  add column if not exists instalment_sums Array(Decimal(38, 4)),
  add column if not exists instalment_amounts Array(Decimal(38, 4));

alter table contract {on_cluster}
  add column if not exists instalment_ids Array(String),
  add column if not exists instalment_names Array(String),
  add column if not exists instalment_due_dates Array(Date32),
  add column if not exists instalment_sums Array(Decimal(38, 4)),
  add column if not exists instalment_amounts Array(Decimal(38, 4));

alter table receipt_change {on_cluster}
  add column if not exists allocation_ids Array(String),
  add column if not exists allocation_sums Array(Decimal(38, 4));

alter table receipt {on_cluster}
  add column if not exists allocation_ids Array(String),
  add column if not exists allocation_sums Array(Decimal(38, 4));
