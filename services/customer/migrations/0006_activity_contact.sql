-- The timeline of a contact tells the follow-ups that were with it.
create index activity_contact on activity (contact_id, happen_time desc) where contact_id is not null;
