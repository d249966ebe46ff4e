select k0, sum(v0_0_) as v0_0, toUInt8(grouping(k0)) as total
from (
  select toString(f.kind) as k0, sum(toDecimal128(1, 4)) as v0_0_
  from (select * from activity final where deleted = 0 and ((subject_noun = 'lead' or subject_noun = 'customer' or subject_noun = 'opportunity') and subject_id in (select id from lead final where deleted = 0 and (owner_id in {p1:Array(String)} or arrayExists((who, until) -> who = {p2:String} and until > {p3:DateTime64(3, 'UTC')}, share_ids, share_ends)) and (owner_id = {p2:String} or department_id in {p4:Array(String)} or arrayExists((who, until) -> who = {p2:String} and until > {p3:DateTime64(3, 'UTC')}, share_ids, share_ends)) union all select id from customer final where deleted = 0 and (owner_id = {p2:String} or department_id in {p4:Array(String)} or arrayExists((who, until) -> who = {p2:String} and until > {p3:DateTime64(3, 'UTC')}, share_ids, share_ends)) union all select id from opportunity final where deleted = 0 and 0 and (owner_id = {p2:String} or department_id in {p4:Array(String)} or arrayExists((who, until) -> who = {p2:String} and until > {p3:DateTime64(3, 'UTC')}, share_ids, share_ends))))) as f
  where f.happen_date between {p5:Date32} and {p6:Date32}
  group by k0
)
group by grouping sets ((k0), ())
having total or (v0_0 != 0)
order by total desc, v0_0 desc, k0
limit {p7:UInt32}

-- {"p1":["0e000000-0000-7000-8000-000000000002","0e000000-0000-7000-8000-000000000001"],"p2":"0e000000-0000-7000-8000-000000000002","p3":"2026-11-21 08:00:00.000","p4":["0d000000-0000-7000-8000-000000000003","0d000000-0000-7000-8000-000000000004"],"p5":"2026-01-01","p6":"2026-06-30","p7":101}
