-- Who wants the mail of the morning, in which language, and the last day of which they had it.
create table daily_mail (
  employee_id uuid primary key,
  locale text not null,
  last_date date
);
