create table campaign (
  id uuid primary key,
  version integer not null,
  number text not null unique,
  name text not null,
  kind text not null,
  state text not null,
  budget jsonb,
  expected_revenue jsonb,
  start_date date,
  end_date date,
  stages jsonb not null default '[]',
  cost_lines jsonb not null default '[]',
  -- Sums of the lines, kept with them so that a list need not open every campaign.
  planned_cost jsonb,
  actual_cost jsonb,
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
  constraint campaign_dates check (end_date >= start_date)
);
create index campaign_newest on campaign (create_time desc, id desc) where delete_time is null;
create index campaign_department on campaign (department_id, create_time desc, id desc) where delete_time is null;
create index campaign_owner on campaign (owner_id, create_time desc, id desc) where delete_time is null;
create index campaign_deleted on campaign (create_time desc, id desc) where delete_time is not null;
create index campaign_search_open on campaign using gin (bigrams(search_open));
create unique index campaign_external on campaign (external_id) where external_id <> '' and delete_time is null;

create table lead_form (
  id uuid primary key,
  version integer not null,
  name text not null,
  campaign_id uuid,
  state text not null,
  title text not null,
  intro text not null default '',
  thanks text not null default '',
  consent text not null default '',
  fields jsonb not null,
  source text not null default '',
  department_id uuid not null,
  public_key text not null unique,
  -- Signs the tickets of the public page; never leaves this service.
  ticket_secret text not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create index lead_form_newest on lead_form (create_time desc, id desc);
create index lead_form_campaign on lead_form (campaign_id);

-- Everything that was sent in, whatever became of it.
create table form_submission (
  id uuid primary key,
  version integer not null,
  form_id uuid not null references lead_form,
  campaign_id uuid,
  state text not null,
  reason text not null,
  name text not null,
  phone text not null,
  email text not null,
  company text not null,
  title text not null,
  region text not null,
  note text not null,
  consent text not null,
  source text not null,
  remote_address text not null,
  department_id uuid not null,
  lead_id uuid,
  create_time timestamptz not null,
  update_time timestamptz not null,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default ''
);
create index form_submission_newest on form_submission (create_time desc, id desc) where delete_time is null;
create index form_submission_form on form_submission (form_id, create_time desc, id desc);
create index form_submission_state on form_submission (state, create_time desc, id desc);
create index form_submission_address on form_submission (remote_address, create_time);
create index form_submission_search_open on form_submission using gin (bigrams(search_open));

-- Until when everything that is sent to a form waits for a person: it is being flooded.
create table form_flood (
  form_id uuid primary key references lead_form,
  until timestamptz not null
);
