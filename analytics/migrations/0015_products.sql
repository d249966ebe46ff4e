-- What of a contract is of which product: one place in each list for every product that its lines name. Money is in the
-- base currency, after and before all discounts. `POST /rebuild` fills them for contracts that were counted before.
alter table contract_change {on_cluster}
  add column if not exists product_ids Array(String),
  add column if not exists product_quantities Array(Decimal(38, 4)),
  add column if not exists product_amounts Array(Decimal(38, 4)),
  add column if not exists product_list_amounts Array(Decimal(38, 4));

alter table contract {on_cluster}
  add column if not exists product_ids Array(String),
  add column if not exists product_quantities Array(Decimal(38, 4)),
  add column if not exists product_amounts Array(Decimal(38, 4)),
  add column if not exists product_list_amounts Array(Decimal(38, 4));
