select k0, sumIf(v0, side = 0) as v0_0
from (
  select toUInt8(0) as side, toString(f.kind) as k0, sum(toDecimal128(1, 4)) as v0
  from (select * from activity final where deleted = 0 and (subject_noun = 'lead' and subject_id in (select id from lead final where (owner_id in {p1:Array(String)} or arrayExists((who, until) -> who = {p2:String} and until > {p3:DateTime64(3, 'UTC')}, share_ids, share_ends)) and (owner_id = {p4:String} or department_id in {p5:Array(String)} or arrayExists((who, until) -> who = {p6:String} and until > {p7:DateTime64(3, 'UTC')}, share_ids, share_ends))) or subject_noun = 'customer' and subject_id in (select id from customer final where (owner_id = {p8:String} or department_id in {p9:Array(String)} or arrayExists((who, until) -> who = {p10:String} and until > {p11:DateTime64(3, 'UTC')}, share_ids, share_ends))) or subject_noun = 'opportunity' and subject_id in (select id from opportunity final where 0 and (owner_id = {p12:String} or department_id in {p13:Array(String)} or arrayExists((who, until) -> who = {p14:String} and until > {p15:DateTime64(3, 'UTC')}, share_ids, share_ends))))) as f
  where f.happen_date between {p16:Date32} and {p17:Date32}
  group by k0
)
group by k0
having (v0_0 != 0)
order by v0_0 desc, k0
limit {p18:UInt32}

-- {"p1":["0e000000-0000-7000-8000-000000000002","0e000000-0000-7000-8000-000000000001"],"p2":"0e000000-0000-7000-8000-000000000002","p3":"2026-11-21 08:00:00.000","p4":"0e000000-0000-7000-8000-000000000002","p5":["0d000000-0000-7000-8000-000000000003","0d000000-0000-7000-8000-000000000004"],"p6":"0e000000-0000-7000-8000-000000000002","p7":"2026-11-21 08:00:00.000","p8":"0e000000-0000-7000-8000-000000000002","p9":["0d000000-0000-7000-8000-000000000003","0d000000-0000-7000-8000-000000000004"],"p10":"0e000000-0000-7000-8000-000000000002","p11":"2026-11-21 08:00:00.000","p12":"0e000000-0000-7000-8000-000000000002","p13":["0d000000-0000-7000-8000-000000000003","0d000000-0000-7000-8000-000000000004"],"p14":"0e000000-0000-7000-8000-000000000002","p15":"2026-11-21 08:00:00.000","p16":"2026-01-01","p17":"2026-06-30","p18":100}
