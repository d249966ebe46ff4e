-- Tags: ids of the service's own, see the capability.
alter table contract add column tag_ids text[] not null default '{}';
create index contract_tags on contract using gin (tag_ids);
alter table opportunity add column tag_ids text[] not null default '{}';
create index opportunity_tags on opportunity using gin (tag_ids);
alter table receipt add column tag_ids text[] not null default '{}';
create index receipt_tags on receipt using gin (tag_ids);
