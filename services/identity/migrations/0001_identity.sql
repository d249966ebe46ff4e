-- People, departments, roles, keys and sessions. Columns of nouns are the fields of the contract under their .proto names.

-- One row. Its lock makes changes of people, departments, roles and keys take turns, so that rules over several records
-- (one administrator at least, no loop in a tree, no login twice) hold; its version tells services to ask for grants anew.
create table policy (
  one boolean primary key default true check (one),
  version bigint not null
);
insert into policy (version) values (1);

create table enterprise (
  one boolean not null default true unique check (one),
  id uuid primary key,
  version integer not null,
  name text not null,
  locale text not null,
  time_zone text not null,
  base_currency text not null,
  fiscal_year_start_month integer not null check (fiscal_year_start_month between 1 and 12),
  region text not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);

create table exchange_rate (
  id uuid primary key,
  version integer not null,
  currency text not null,
  from_date date not null,
  rate text not null check (rate::numeric > 0),
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default '',
  unique (currency, from_date)
);

create table department (
  id uuid primary key,
  version integer not null,
  name text not null,
  code text not null default '',
  parent_id uuid references department,
  leader_id uuid,
  deputy_id uuid,
  cost_center text not null default '',
  placements jsonb not null,
  closed_date date,
  external_id text not null default '',
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create unique index department_code on department (lower(code)) where code <> '';
create unique index department_external on department (external_id) where external_id <> '';
create unique index department_root on department ((true)) where parent_id is null;

-- The placements of a department as spans, for questions about a day. The first span begins before all time.
create table department_span (
  department_id uuid not null references department,
  parent_id uuid references department,
  begin_date date not null,
  end_date date not null,
  primary key (department_id, begin_date)
);
create index department_span_parent on department_span (parent_id);

create table role (
  id uuid primary key,
  version integer not null,
  -- administrator, sales_manager …: which of the built-in roles; none for the enterprise's own.
  kind text,
  name text not null,
  description text not null default '',
  permissions jsonb not null default '[]',
  fields jsonb not null default '[]',
  built_in boolean not null default false,
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create unique index role_name on role (lower(name)) where delete_time is null;
create unique index role_kind on role (kind);

create table employee (
  id uuid primary key,
  version integer not null,
  name text not null,
  login text,
  email text,
  phone text,
  extension text not null default '',
  employee_number text,
  title text not null default '',
  department_id uuid not null references department,
  extra_department_ids text[] not null default '{}',
  manager_id uuid references employee,
  role_ids text[] not null default '{}',
  state text not null,
  locale text not null default '',
  time_zone text not null default '',
  pinyin text not null default '',
  placements jsonb not null,
  external_id text not null default '',
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create unique index employee_login on employee (login);
create unique index employee_email on employee (email);
create unique index employee_phone on employee (phone);
create unique index employee_number on employee (lower(employee_number));
create unique index employee_external on employee (external_id) where external_id <> '';
create index employee_department on employee (department_id);
create index employee_roles on employee using gin (role_ids);
create index employee_pinyin on employee (pinyin, id);
-- People change seldom and are looked up all day: no list of pending entries to read through.
create index employee_search_open on employee using gin (bigrams(search_open)) with (fastupdate = off);
create index employee_search_guarded on employee using gin (bigrams(search_guarded)) with (fastupdate = off);

create table employee_span (
  employee_id uuid not null references employee,
  department_id uuid not null references department,
  manager_id uuid references employee,
  begin_date date not null,
  end_date date not null,
  primary key (employee_id, begin_date)
);
create index employee_span_manager on employee_span (manager_id);
create index employee_span_department on employee_span (department_id);

create table api_key (
  id uuid primary key,
  version integer not null,
  name text not null,
  employee_id uuid not null references employee,
  permissions text[] not null default '{}',
  allowed_addresses text[] not null default '{}',
  expire_time timestamptz,
  revoke_time timestamptz,
  prefix text not null,
  rate_limit_per_minute integer not null default 0,
  -- SHA-256 of the key: with 256 random bits nothing slower is needed.
  key_hash bytea not null unique,
  last_used_time timestamptz,
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create index api_key_employee on api_key (employee_id);

-- What no event may carry.
create table credential (
  employee_id uuid primary key references employee,
  password_hash text not null,
  set_time timestamptz not null default now(),
  last_sign_in_time timestamptz
);

create table session (
  id uuid primary key default uuidv7(),
  employee_id uuid not null references employee,
  token_hash bytea not null unique,
  remote_address text not null default '',
  user_agent text not null default '',
  create_time timestamptz not null default now(),
  last_seen_time timestamptz not null default now(),
  expire_time timestamptz not null,
  end_time timestamptz,
  -- signed_out, revoked, password_changed, suspended or expired.
  end_reason text,
  check ((end_time is null) = (end_reason is null))
);
create index session_employee on session (employee_id, create_time desc);
create index session_open on session (last_seen_time) where end_time is null;

create table one_time_link (
  id uuid primary key default uuidv7(),
  purpose text not null check (purpose in ('reset', 'bootstrap')),
  employee_id uuid references employee,
  token_hash bytea not null unique,
  expire_time timestamptz not null,
  used_time timestamptz,
  create_time timestamptz not null default now()
);
create index one_time_link_employee on one_time_link (employee_id);

-- Failed sign-ins by what they have in common: login and address, login, address.
create table sign_in_failure (
  key text primary key,
  failures integer not null,
  last_time timestamptz not null,
  locked_until timestamptz
);
create index sign_in_failure_time on sign_in_failure (last_time);

create table audit_entry (
  id uuid primary key,
  time timestamptz not null,
  action text not null,
  service text not null,
  actor_id uuid,
  actor_kind text not null default '',
  on_behalf_of text,
  remote_address text not null default '',
  noun text not null default '',
  record_id text not null default '',
  reason text not null default '',
  outcome text not null default '',
  detail text not null default '',
  trace_id text not null default '',
  search_open text not null default '',
  search_guarded text not null default ''
);
create index audit_entry_newest on audit_entry (time desc nulls last, id desc);
create index audit_entry_actor on audit_entry (actor_id, time desc);
create index audit_entry_record on audit_entry (noun, record_id, time desc);
create index audit_entry_action on audit_entry (action, time desc);
create index audit_entry_search on audit_entry using gin (bigrams(search_open));

create function audit_entry_is_for_good() returns trigger language plpgsql as $$
begin
  raise exception 'The audit trail is append-only.' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_entry_is_for_good before update or delete or truncate on audit_entry execute function audit_entry_is_for_good();

-- As lists read records: with a version, and without what is in a recycle bin. Here nothing ever changes or is.
create view audit_trail as select *, 1 as version, null::timestamptz as delete_time from audit_entry;
