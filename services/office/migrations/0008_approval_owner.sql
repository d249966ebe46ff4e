-- Whose it is that is decided on: they do not decide on it either. Unknown of requests that were opened before.
alter table approval add column subject_owner_id uuid;
alter table approval add constraint approval_not_owned check (state <> 'APPROVAL_STATE_PENDING' or approver_id <> subject_owner_id);
