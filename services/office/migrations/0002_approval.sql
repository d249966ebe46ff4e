create table approval (
  id uuid primary key,
  version integer not null,
  state text not null,
  subject_noun text not null,
  subject_id uuid not null,
  subject_number text not null default '',
  title text not null default '',
  amount jsonb,
  requester_id uuid not null,
  -- Nobody while there is nobody who could decide; who manages approvals names somebody.
  approver_id uuid,
  decider_id uuid,
  reason text not null default '',
  create_time timestamptz not null,
  update_time timestamptz not null,
  decide_time timestamptz,
  creator_id uuid,
  delete_time timestamptz,
  search_open text not null default '',
  search_guarded text not null default '',
  constraint approval_not_own check (approver_id <> requester_id)
);
create index approval_newest on approval (create_time desc, id desc);
create index approval_to_decide on approval (approver_id, create_time desc, id desc) where state = 'APPROVAL_STATE_PENDING';
create index approval_asked on approval (requester_id, create_time desc, id desc);
create index approval_decided on approval (decider_id, create_time desc, id desc) where decider_id is not null;
create index approval_subject on approval (subject_id);
create index approval_search_open on approval using gin (bigrams(search_open));

-- Copies of identity's, for the way from who asks to who decides.
create table reporting_department (
  id uuid primary key,
  leader_id uuid,
  parent_id uuid,
  placements jsonb not null default '[]',
  closed_date date
);
create table reporting_role (
  id uuid primary key,
  administers boolean not null
);
create table reporting_employee (
  id uuid primary key,
  role_ids text[] not null,
  active boolean not null
);
create index reporting_employee_roles on reporting_employee using gin (role_ids);
