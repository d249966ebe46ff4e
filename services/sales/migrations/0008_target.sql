-- What a person or a department is to bring in in a month; one row for each subject, measure and month, for good.
create table target (
  id uuid primary key,
  version integer not null,
  measure text not null,
  month date not null,
  subject text not null,
  owner_id uuid,
  department_id uuid not null,
  amount jsonb not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default '',
  constraint target_month check (month = date_trunc('month', month)::date),
  constraint target_subject check ((subject = 'TARGET_SUBJECT_PERSON') = (owner_id is not null)),
  constraint target_amount check ((amount ->> 'amount')::numeric >= 0)
);
create unique index target_person on target (owner_id, measure, month) where owner_id is not null;
create unique index target_department on target (department_id, measure, month) where owner_id is null;
create index target_newest on target (create_time desc, id desc);
create index target_order on target (month desc, id desc);
create index target_within on target (department_id, month desc);
