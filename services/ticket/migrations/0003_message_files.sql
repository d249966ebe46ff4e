-- What came with a message; the files hang on its ticket.
alter table ticket_message add column file_ids uuid[] not null default '{}';
