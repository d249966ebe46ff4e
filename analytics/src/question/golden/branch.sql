select k0, sum(v0_0_) as v0_0, sum(w0_0_) as w0_0, toUInt8(grouping(k0)) as total
from (
  select toString(multiIf(f.close_date < {p7:Date32}, transform(toString(f.state_department_id), {p5:Array(String)}, {p9:Array(String)}, ''), f.close_date >= {p7:Date32}, transform(toString(f.state_department_id), {p5:Array(String)}, {p10:Array(String)}, ''), '')) as k0, sumIf(toDecimal128(f.state = 'OPPORTUNITY_STATE_WON', 4), f.state in ('OPPORTUNITY_STATE_WON', 'OPPORTUNITY_STATE_LOST')) as v0_0_, sumIf(toDecimal128(1, 4), f.state in ('OPPORTUNITY_STATE_WON', 'OPPORTUNITY_STATE_LOST')) as w0_0_
  from (select * from opportunity final where deleted = 0 and (owner_id = {p1:String} or arrayExists((who, until) -> who = {p1:String} and until > {p2:DateTime64(3, 'UTC')}, share_ids, share_ends))) as f
  where f.close_date between {p3:Date32} and {p4:Date32}
    and f.state != 'OPPORTUNITY_STATE_OPEN' and isNotNull(f.close_date)
    and (f.state_department_id in {p5:Array(String)})
    and ((f.state_department_id in {p6:Array(String)} and f.close_date < {p7:Date32} or f.state_department_id in {p8:Array(String)} and f.close_date >= {p7:Date32}))
  group by k0
)
group by grouping sets ((k0), ())
having total or (v0_0 != 0 or w0_0 != 0)
order by total desc, if(w0_0 = 0, null, toFloat64(v0_0) / toFloat64(w0_0)) desc nulls last, k0
limit {p11:UInt32}

-- {"p1":"0e000000-0000-7000-8000-000000000001","p2":"2026-11-21 08:00:00.000","p3":"2026-01-01","p4":"2026-06-30","p5":["0d000000-0000-7000-8000-000000000001","0d000000-0000-7000-8000-000000000002","0d000000-0000-7000-8000-000000000003","0d000000-0000-7000-8000-000000000004"],"p6":["0d000000-0000-7000-8000-000000000003"],"p7":"2026-07-01","p8":["0d000000-0000-7000-8000-000000000003","0d000000-0000-7000-8000-000000000004"],"p9":["0d000000-0000-7000-8000-000000000001","0d000000-0000-7000-8000-000000000002","0d000000-0000-7000-8000-000000000003","0d000000-0000-7000-8000-000000000002"],"p10":["0d000000-0000-7000-8000-000000000001","0d000000-0000-7000-8000-000000000002","0d000000-0000-7000-8000-000000000003","0d000000-0000-7000-8000-000000000003"],"p11":101}
