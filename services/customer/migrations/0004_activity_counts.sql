-- False for a follow-up of somebody who may see its subject and not change it: it moves no dates of contact there.
alter table activity add column counts boolean not null default true;
