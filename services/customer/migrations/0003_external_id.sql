-- The recycle bin gives an external id free, as it does a name: who brings the record in again gets a new one.
drop index lead_external;
create unique index lead_external on lead (external_id) where external_id <> '' and delete_time is null;
drop index customer_external;
create unique index customer_external on customer (external_id) where external_id <> '' and delete_time is null;
drop index contact_external;
create unique index contact_external on contact (external_id) where external_id <> '' and delete_time is null;
drop index activity_external;
create unique index activity_external on activity (external_id) where external_id <> '' and delete_time is null;
