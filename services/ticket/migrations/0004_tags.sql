-- Tags: ids of the service's own, see the capability.
alter table ticket add column tag_ids text[] not null default '{}';
create index ticket_tags on ticket using gin (tag_ids);
