select k0, k1, sumIf(v0, side = 0) as v0_0, sumIf(v0, side = 1) as v0_1, sumIf(v1, side = 0) as v1_0, sumIf(v1, side = 1) as v1_1, sumIf(v2, side = 0) as v2_0, sumIf(v2, side = 1) as v2_1
from (
  select toUInt8(0) as side, toString(toString(toDate32(addMonths(toStartOfQuarter(addMonths(toStartOfMonth(f.create_date), -3)), 3)))) as k0, toString(f.create_owner_id) as k1, sum(toDecimal128(1, 4)) as v0, toDecimal128(0, 4) as v1, toDecimal128(0, 4) as v2
  from (select * from opportunity final where deleted = 0) as f
  where f.create_date between {p1:Date32} and {p2:Date32}
  group by k0, k1
  union all
  select toUInt8(0) as side, toString(toString(toDate32(addMonths(toStartOfQuarter(addMonths(toStartOfMonth(f.close_date), -3)), 3)))) as k0, toString(f.state_owner_id) as k1, toDecimal128(0, 4) as v0, sumIf(toDecimal128(f.amount, 4), f.state = 'OPPORTUNITY_STATE_WON') as v1, toDecimal128(0, 4) as v2
  from (select * from opportunity final where deleted = 0) as f
  where f.close_date between {p1:Date32} and {p2:Date32}
    and f.state != 'OPPORTUNITY_STATE_OPEN' and isNotNull(f.close_date)
  group by k0, k1
  union all
  select toUInt8(0) as side, toString(transform(toString(m.period_end), {p4:Array(String)}, {p5:Array(String)}, '')) as k0, toString(m.owner_id) as k1, toDecimal128(0, 4) as v0, toDecimal128(0, 4) as v1, sum(toDecimal128(m.amount, 4)) as v2
  from (select *, arrayJoin(arrayFilter(day -> day >= date and day < until, {p3:Array(Date32)})) as period_end from opportunity_movement final where moved and sign = 1 and date <= {p2:Date32}) as m
  where m.state = 'OPPORTUNITY_STATE_OPEN'
    and m.id not in (select id from opportunity final where deleted = 1)
  group by k0, k1
  union all
  select toUInt8(1) as side, toString(transform(toString(toDate32(addMonths(toStartOfQuarter(addMonths(toStartOfMonth(f.create_date), -3)), 3))), {p8:Array(String)}, {p5:Array(String)}, '')) as k0, toString(f.create_owner_id) as k1, sum(toDecimal128(1, 4)) as v0, toDecimal128(0, 4) as v1, toDecimal128(0, 4) as v2
  from (select * from opportunity final where deleted = 0) as f
  where f.create_date between {p6:Date32} and {p7:Date32}
  group by k0, k1
  union all
  select toUInt8(1) as side, toString(transform(toString(toDate32(addMonths(toStartOfQuarter(addMonths(toStartOfMonth(f.close_date), -3)), 3))), {p8:Array(String)}, {p5:Array(String)}, '')) as k0, toString(f.state_owner_id) as k1, toDecimal128(0, 4) as v0, sumIf(toDecimal128(f.amount, 4), f.state = 'OPPORTUNITY_STATE_WON') as v1, toDecimal128(0, 4) as v2
  from (select * from opportunity final where deleted = 0) as f
  where f.close_date between {p6:Date32} and {p7:Date32}
    and f.state != 'OPPORTUNITY_STATE_OPEN' and isNotNull(f.close_date)
  group by k0, k1
  union all
  select toUInt8(1) as side, toString(transform(transform(toString(m.period_end), {p10:Array(String)}, {p8:Array(String)}, ''), {p8:Array(String)}, {p5:Array(String)}, '')) as k0, toString(m.owner_id) as k1, toDecimal128(0, 4) as v0, toDecimal128(0, 4) as v1, sum(toDecimal128(m.amount, 4)) as v2
  from (select *, arrayJoin(arrayFilter(day -> day >= date and day < until, {p9:Array(Date32)})) as period_end from opportunity_movement final where moved and sign = 1 and date <= {p7:Date32}) as m
  where m.state = 'OPPORTUNITY_STATE_OPEN'
    and m.id not in (select id from opportunity final where deleted = 1)
  group by k0, k1
)
group by k0, k1
having k0 != '' and (v0_0 != 0 or v0_1 != 0 or v1_0 != 0 or v1_1 != 0 or v2_0 != 0 or v2_1 != 0)
order by k0, k1
limit {p11:UInt32}

-- {"p1":"2026-01-01","p2":"2026-06-30","p3":["2026-03-31","2026-06-30"],"p4":["2026-03-31","2026-06-30"],"p5":["2026-01-01","2026-04-01"],"p6":"2025-01-01","p7":"2025-06-30","p8":["2025-01-01","2025-04-01"],"p9":["2025-03-31","2025-06-30"],"p10":["2025-03-31","2025-06-30"],"p11":20}
