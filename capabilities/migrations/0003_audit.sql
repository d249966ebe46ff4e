-- Entries of the audit trail on their way to identity, written with what they tell of.
create table audit_waiting (
  id uuid primary key,
  entry jsonb not null,
  create_time timestamptz not null default now()
);
