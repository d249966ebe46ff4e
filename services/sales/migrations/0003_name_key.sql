-- What a row of a file without an external id is known by: customer and name.
create index opportunity_name_key on opportunity ((coalesce(customer_id::text, '') || '/' || lower(name))) where delete_time is null;
