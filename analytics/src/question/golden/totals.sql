select sum(v0_0_) as v0_0, sum(v1_0_) as v1_0, sum(w1_0_) as w1_0
from (
  select sumIf(toDecimal128(f.amount, 4), f.state = 'OPPORTUNITY_STATE_WON') as v0_0_, sumIf(toDecimal128(f.state = 'OPPORTUNITY_STATE_WON', 4), f.state in ('OPPORTUNITY_STATE_WON', 'OPPORTUNITY_STATE_LOST')) as v1_0_, sumIf(toDecimal128(1, 4), f.state in ('OPPORTUNITY_STATE_WON', 'OPPORTUNITY_STATE_LOST')) as w1_0_
  from (select * from opportunity final where deleted = 0) as f
  where f.close_date between {p1:Date32} and {p2:Date32}
    and f.state != 'OPPORTUNITY_STATE_OPEN' and isNotNull(f.close_date)
)

-- {"p1":"2026-01-01","p2":"2026-06-30"}
