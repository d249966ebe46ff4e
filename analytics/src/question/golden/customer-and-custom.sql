select k0, k1, sum(v0_0_) as v0_0
from (
  select toString(c.industry) as k0, toString(arrayJoin(if(empty(f.custom_tags), [''], f.custom_tags))) as k1, sum(toDecimal128(f.amount, 4)) as v0_0_
  from (select * from opportunity final where deleted = 0 and (owner_id = {p1:String} or arrayExists((who, until) -> who = {p1:String} and until > {p3:DateTime64(3, 'UTC')}, share_ids, share_ends))) as f
  left join (select * from customer final where deleted = 0 and (owner_id = {p1:String} or department_id in {p2:Array(String)} or arrayExists((who, until) -> who = {p1:String} and until > {p3:DateTime64(3, 'UTC')}, share_ids, share_ends))) as c on c.id = f.customer_id
  where f.create_date between {p4:Date32} and {p5:Date32}
    and (hasAny(f.custom_tags, {p6:Array(String)}) or empty(f.custom_tags))
  group by k0, k1
)
group by k0, k1
having (v0_0 != 0)
order by k1, k0
limit {p7:UInt32}

-- {"p1":"0e000000-0000-7000-8000-000000000001","p2":["0d000000-0000-7000-8000-000000000004"],"p3":"2026-11-21 08:00:00.000","p4":"2026-01-01","p5":"2026-06-30","p6":["hot",""],"p7":100}
