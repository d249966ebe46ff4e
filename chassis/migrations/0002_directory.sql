-- Copies of identity's nouns in every service that is not identity.
create table directory_employee (
  id uuid primary key,
  name text not null,
  department_id uuid,
  manager_id uuid,
  state text not null,
  login text,
  email text,
  employee_number text,
  placements jsonb not null default '[]'
);
create index directory_employee_name on directory_employee (lower(name));
create table directory_department (
  id uuid primary key,
  name text not null,
  code text not null default '',
  closed_date date
);
create table directory_enterprise (
  one boolean primary key check (one),
  state jsonb not null
);
create table directory_rate (
  id uuid primary key,
  currency text not null,
  from_date date not null,
  rate numeric not null
);
