-- What every service with records of its own keeps beside them.

-- Who else may see a record. The record carries the same list, so that events and projections know it.
create table share (
  noun text not null,
  record_id uuid not null,
  employee_id uuid not null,
  access text not null,
  end_time timestamptz,
  primary key (noun, record_id, employee_id)
);
create index share_employee on share (employee_id, noun);

-- Changes of fields, for good; the outbox forgets after two weeks.
create table history (
  event_id uuid primary key,
  noun text not null,
  record_id uuid not null,
  version integer not null,
  event text not null,
  time timestamptz not null,
  recorded_time timestamptz not null,
  actor_id text not null,
  reason text not null,
  imported boolean not null,
  before jsonb not null,
  after jsonb not null
);
create index history_record on history (noun, record_id, version desc);

-- Human numbers; processes reserve blocks, so numbers are unique and may have gaps.
create table number_series (
  noun text not null,
  period text not null,
  next bigint not null,
  primary key (noun, period)
);
