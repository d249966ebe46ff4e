-- The campaign that its lead came of.
alter table opportunity add column campaign_id uuid;
create index opportunity_campaign on opportunity (campaign_id, create_time desc, id desc) where delete_time is null and campaign_id is not null;
