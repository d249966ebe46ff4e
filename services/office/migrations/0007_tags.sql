-- Tags: ids of the service's own, see the capability.
alter table schedule add column tag_ids text[] not null default '{}';
create index schedule_tags on schedule using gin (tag_ids);
alter table task add column tag_ids text[] not null default '{}';
create index task_tags on task using gin (tag_ids);
