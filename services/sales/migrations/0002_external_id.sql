-- The recycle bin gives an external id free: who brings the deal in again gets a new one.
drop index opportunity_external;
create unique index opportunity_external on opportunity (external_id) where external_id <> '' and delete_time is null;
