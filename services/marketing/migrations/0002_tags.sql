-- Tags: ids of the service's own, see the capability.
alter table campaign add column tag_ids text[] not null default '{}';
create index campaign_tags on campaign using gin (tag_ids);
