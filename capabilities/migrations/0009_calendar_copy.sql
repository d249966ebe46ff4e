-- Working calendars as identity has them, in services that count working hours.
create table calendar_copy (
  id uuid primary key,
  version integer not null,
  name text not null,
  hours jsonb not null,
  active boolean not null,
  "default" boolean not null
);
