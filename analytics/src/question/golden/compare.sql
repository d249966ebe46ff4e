select k0, k1, sum(v0_0_) as v0_0, sum(v0_1_) as v0_1, sum(v1_0_) as v1_0, sum(v1_1_) as v1_1, sum(v2_0_) as v2_0, sum(v2_1_) as v2_1
from (
  select toString(toString(toDate32(addMonths(toStartOfQuarter(addMonths(toStartOfMonth(f.create_date), -3)), 3)))) as k0, toString(f.create_owner_id) as k1, sum(toDecimal128(1, 4)) as v0_0_, toDecimal128(0, 4) as v0_1_, toDecimal128(0, 4) as v1_0_, toDecimal128(0, 4) as v1_1_, toDecimal128(0, 4) as v2_0_, toDecimal128(0, 4) as v2_1_
  from (select * from opportunity final where deleted = 0) as f
  where f.create_date between {p1:Date32} and {p2:Date32}
  group by k0, k1
  union all
  select toString(toString(toDate32(addMonths(toStartOfQuarter(addMonths(toStartOfMonth(f.close_date), -3)), 3)))) as k0, toString(f.state_owner_id) as k1, toDecimal128(0, 4) as v0_0_, toDecimal128(0, 4) as v0_1_, sumIf(toDecimal128(f.amount, 4), f.state = 'OPPORTUNITY_STATE_WON') as v1_0_, toDecimal128(0, 4) as v1_1_, toDecimal128(0, 4) as v2_0_, toDecimal128(0, 4) as v2_1_
  from (select * from opportunity final where deleted = 0) as f
  where f.close_date between {p1:Date32} and {p2:Date32}
    and f.state != 'OPPORTUNITY_STATE_OPEN' and isNotNull(f.close_date)
  group by k0, k1
  union all
  select toString(transform(toString(period_end), {p5:Array(String)}, {p6:Array(String)}, '')) as k0, toString(m.owner_id) as k1, toDecimal128(0, 4) as v0_0_, toDecimal128(0, 4) as v0_1_, toDecimal128(0, 4) as v1_0_, toDecimal128(0, 4) as v1_1_, sum(toDecimal128(m.amount, 4)) as v2_0_, toDecimal128(0, 4) as v2_1_
  from (select * from opportunity final where deleted = 0) as f
  array join f.moves as m
  array join arrayFilter(day -> day >= m.date and day < m.until, {p4:Array(Date32)}) as period_end
  where m.state = 'OPPORTUNITY_STATE_OPEN'
    and m.date <= {p2:Date32} and m.until > {p3:Date32}
  group by k0, k1
  union all
  select toString(transform(toString(toDate32(addMonths(toStartOfQuarter(addMonths(toStartOfMonth(f.create_date), -3)), 3))), {p9:Array(String)}, {p6:Array(String)}, '')) as k0, toString(f.create_owner_id) as k1, toDecimal128(0, 4) as v0_0_, sum(toDecimal128(1, 4)) as v0_1_, toDecimal128(0, 4) as v1_0_, toDecimal128(0, 4) as v1_1_, toDecimal128(0, 4) as v2_0_, toDecimal128(0, 4) as v2_1_
  from (select * from opportunity final where deleted = 0) as f
  where f.create_date between {p7:Date32} and {p8:Date32}
  group by k0, k1
  union all
  select toString(transform(toString(toDate32(addMonths(toStartOfQuarter(addMonths(toStartOfMonth(f.close_date), -3)), 3))), {p9:Array(String)}, {p6:Array(String)}, '')) as k0, toString(f.state_owner_id) as k1, toDecimal128(0, 4) as v0_0_, toDecimal128(0, 4) as v0_1_, toDecimal128(0, 4) as v1_0_, sumIf(toDecimal128(f.amount, 4), f.state = 'OPPORTUNITY_STATE_WON') as v1_1_, toDecimal128(0, 4) as v2_0_, toDecimal128(0, 4) as v2_1_
  from (select * from opportunity final where deleted = 0) as f
  where f.close_date between {p7:Date32} and {p8:Date32}
    and f.state != 'OPPORTUNITY_STATE_OPEN' and isNotNull(f.close_date)
  group by k0, k1
  union all
  select toString(transform(transform(toString(period_end), {p12:Array(String)}, {p9:Array(String)}, ''), {p9:Array(String)}, {p6:Array(String)}, '')) as k0, toString(m.owner_id) as k1, toDecimal128(0, 4) as v0_0_, toDecimal128(0, 4) as v0_1_, toDecimal128(0, 4) as v1_0_, toDecimal128(0, 4) as v1_1_, toDecimal128(0, 4) as v2_0_, sum(toDecimal128(m.amount, 4)) as v2_1_
  from (select * from opportunity final where deleted = 0) as f
  array join f.moves as m
  array join arrayFilter(day -> day >= m.date and day < m.until, {p11:Array(Date32)}) as period_end
  where m.state = 'OPPORTUNITY_STATE_OPEN'
    and m.date <= {p8:Date32} and m.until > {p10:Date32}
  group by k0, k1
)
group by k0, k1
having k0 != '' and (v0_0 != 0 or v0_1 != 0 or v1_0 != 0 or v1_1 != 0 or v2_0 != 0 or v2_1 != 0)
order by k0, k1
limit {p13:UInt32}

-- {"p1":"2026-01-01","p2":"2026-06-30","p3":"2026-03-31","p4":["2026-03-31","2026-06-30"],"p5":["2026-03-31","2026-06-30"],"p6":["2026-01-01","2026-04-01"],"p7":"2025-01-01","p8":"2025-06-30","p9":["2025-01-01","2025-04-01"],"p10":"2025-03-31","p11":["2025-03-31","2025-06-30"],"p12":["2025-03-31","2025-06-30"],"p13":20}
