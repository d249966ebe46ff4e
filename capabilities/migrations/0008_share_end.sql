create index share_end on share (end_time) where end_time is not null;
