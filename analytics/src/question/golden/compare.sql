select k0, k1, sumIf(v0, side = 0) as v0_0, sumIf(v0, side = 1) as v0_1, sumIf(v1, side = 0) as v1_0, sumIf(v1, side = 1) as v1_1, sumIf(v2, side = 0) as v2_0, sumIf(v2, side = 1) as v2_1
from (
  select toUInt8(0) as side, toString(toString(toDate32(addMonths(toStartOfQuarter(addMonths(toStartOfMonth(f.create_date), -3)), 3)))) as k0, toString(f.create_owner_id) as k1, sum(toDecimal128(1, 4)) as v0, toDecimal128(0, 4) as v1, toDecimal128(0, 4) as v2
  from (select * from opportunity final where deleted = 0) as f
  where f.create_date between {p1:Date32} and {p2:Date32}
  group by k0, k1
  union all
  select toUInt8(0) as side, toString(toString(toDate32(addMonths(toStartOfQuarter(addMonths(toStartOfMonth(f.close_date), -3)), 3)))) as k0, toString(f.state_owner_id) as k1, toDecimal128(0, 4) as v0, sumIf(toDecimal128(f.amount, 4), f.state = 'OPPORTUNITY_STATE_WON') as v1, toDecimal128(0, 4) as v2
  from (select * from opportunity final where deleted = 0) as f
  where f.close_date between {p3:Date32} and {p4:Date32}
    and f.state != 'OPPORTUNITY_STATE_OPEN' and isNotNull(f.close_date)
  group by k0, k1
  union all
  select toUInt8(0) as side, toString(transform(toString(m.at), {p7:Array(String)}, {p8:Array(String)}, '')) as k0, toString(m.owner_id) as k1, toDecimal128(0, 4) as v0, toDecimal128(0, 4) as v1, sum(toDecimal128(m.amount, 4) * m.sign) as v2
  from (select *, arrayJoin(arrayFilter(day -> day >= date, {p6:Array(Date32)})) as at from opportunity_movement final where moved and date <= {p5:Date32}) as m
  inner join (select * from opportunity final where deleted = 0) as f on f.id = m.id
  where m.state = 'OPPORTUNITY_STATE_OPEN'
  group by k0, k1
  union all
  select toUInt8(1) as side, toString(transform(toString(toDate32(addMonths(toStartOfQuarter(addMonths(toStartOfMonth(f.create_date), -3)), 3))), {p11:Array(String)}, {p12:Array(String)}, '')) as k0, toString(f.create_owner_id) as k1, sum(toDecimal128(1, 4)) as v0, toDecimal128(0, 4) as v1, toDecimal128(0, 4) as v2
  from (select * from opportunity final where deleted = 0) as f
  where f.create_date between {p9:Date32} and {p10:Date32}
  group by k0, k1
  union all
  select toUInt8(1) as side, toString(transform(toString(toDate32(addMonths(toStartOfQuarter(addMonths(toStartOfMonth(f.close_date), -3)), 3))), {p15:Array(String)}, {p16:Array(String)}, '')) as k0, toString(f.state_owner_id) as k1, toDecimal128(0, 4) as v0, sumIf(toDecimal128(f.amount, 4), f.state = 'OPPORTUNITY_STATE_WON') as v1, toDecimal128(0, 4) as v2
  from (select * from opportunity final where deleted = 0) as f
  where f.close_date between {p13:Date32} and {p14:Date32}
    and f.state != 'OPPORTUNITY_STATE_OPEN' and isNotNull(f.close_date)
  group by k0, k1
  union all
  select toUInt8(1) as side, toString(transform(transform(toString(m.at), {p19:Array(String)}, {p20:Array(String)}, ''), {p21:Array(String)}, {p22:Array(String)}, '')) as k0, toString(m.owner_id) as k1, toDecimal128(0, 4) as v0, toDecimal128(0, 4) as v1, sum(toDecimal128(m.amount, 4) * m.sign) as v2
  from (select *, arrayJoin(arrayFilter(day -> day >= date, {p18:Array(Date32)})) as at from opportunity_movement final where moved and date <= {p17:Date32}) as m
  inner join (select * from opportunity final where deleted = 0) as f on f.id = m.id
  where m.state = 'OPPORTUNITY_STATE_OPEN'
  group by k0, k1
)
group by k0, k1
having k0 != '' and (v0_0 != 0 or v0_1 != 0 or v1_0 != 0 or v1_1 != 0 or v2_0 != 0 or v2_1 != 0)
order by k0, k1
limit {p23:UInt32}

-- {"p1":"2026-01-01","p2":"2026-06-30","p3":"2026-01-01","p4":"2026-06-30","p5":"2026-06-30","p6":["2026-03-31","2026-06-30"],"p7":["2026-03-31","2026-06-30"],"p8":["2026-01-01","2026-04-01"],"p9":"2025-01-01","p10":"2025-06-30","p11":["2025-01-01","2025-04-01"],"p12":["2026-01-01","2026-04-01"],"p13":"2025-01-01","p14":"2025-06-30","p15":["2025-01-01","2025-04-01"],"p16":["2026-01-01","2026-04-01"],"p17":"2025-06-30","p18":["2025-03-31","2025-06-30"],"p19":["2025-03-31","2025-06-30"],"p20":["2025-01-01","2025-04-01"],"p21":["2025-01-01","2025-04-01"],"p22":["2026-01-01","2026-04-01"],"p23":20}
