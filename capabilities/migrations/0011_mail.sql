-- Mail to people outside, written in the transaction of what it tells of, and sent after it.
create table mail (
  id uuid primary key,
  -- What it tells of: told once.
  cause text not null unique,
  state text not null,
  recipient text not null,
  locale text not null,
  subject text not null,
  body text not null,
  -- What the link to the record says; where it leads is made when the mail is, and not stored.
  action text not null,
  record_noun text not null,
  record_id uuid not null,
  attempts integer not null default 0,
  error text not null default '',
  next_time timestamptz not null default now(),
  create_time timestamptz not null default now(),
  send_time timestamptz
);
create index mail_newest on mail (create_time desc, id desc);
create index mail_state on mail (state, create_time desc, id desc);
create index mail_due on mail (next_time) where state = 'MAIL_STATE_WAITING';
create index mail_recipient on mail (recipient, create_time);
