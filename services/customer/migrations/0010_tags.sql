-- Tags: ids of the service's own, see the capability.
alter table lead add column tag_ids text[] not null default '{}';
create index lead_tags on lead using gin (tag_ids);
alter table customer add column tag_ids text[] not null default '{}';
create index customer_tags on customer using gin (tag_ids);
alter table contact add column tag_ids text[] not null default '{}';
create index contact_tags on contact using gin (tag_ids);
alter table activity add column tag_ids text[] not null default '{}';
create index activity_tags on activity using gin (tag_ids);
