-- The campaign that a lead came of.
alter table lead add column campaign_id uuid;
create index lead_campaign on lead (campaign_id, create_time desc, id desc) where delete_time is null and campaign_id is not null;
