select k0, sumIf(v0, side = 0) as v0_0
from (
  select toUInt8(0) as side, toString(f.kind) as k0, sum(toDecimal128(1, 4)) as v0
  from (select * from activity final where deleted = 0 and (subject_noun = 'lead' and subject_id in (select id from lead final where deleted = 0 and (owner_id in {p1:Array(String)} or arrayExists((who, until) -> who = {p2:String} and until > {p3:DateTime64(3, 'UTC')}, share_ids, share_ends)) and (owner_id = {p2:String} or department_id in {p4:Array(String)} or arrayExists((who, until) -> who = {p2:String} and until > {p3:DateTime64(3, 'UTC')}, share_ids, share_ends))) or subject_noun = 'customer' and subject_id in (select id from customer final where deleted = 0 and (owner_id = {p2:String} or department_id in {p4:Array(String)} or arrayExists((who, until) -> who = {p2:String} and until > {p3:DateTime64(3, 'UTC')}, share_ids, share_ends))) or subject_noun = 'opportunity' and subject_id in (select id from opportunity final where deleted = 0 and 0 and (owner_id = {p2:String} or department_id in {p4:Array(String)} or arrayExists((who, until) -> who = {p2:String} and until > {p3:DateTime64(3, 'UTC')}, share_ids, share_ends))))) as f
  where f.happen_date between {p5:Date32} and {p6:Date32}
  group by k0
)
group by k0
having (v0_0 != 0)
order by v0_0 desc, k0
limit {p7:UInt32}

-- {"p1":["0e000000-0000-7000-8000-000000000002","0e000000-0000-7000-8000-000000000001"],"p2":"0e000000-0000-7000-8000-000000000002","p3":"2026-11-21 08:00:00.000","p4":["0d000000-0000-7000-8000-000000000003","0d000000-0000-7000-8000-000000000004"],"p5":"2026-01-01","p6":"2026-06-30","p7":100}
