-- What other services keep of customers: contracts, tickets. Copies, for their customer's timeline and whoever may see them there.
create table belonging (
  id uuid primary key,
  noun text not null,
  name text not null,
  owner_id uuid,
  department_id uuid,
  customer_id uuid,
  delete_time timestamptz
);
create index belonging_customer on belonging (customer_id, noun, id desc);
