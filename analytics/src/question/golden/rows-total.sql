select count() as size, sum(value) as value, sum(divisor) as divisor from (
  select m.id as id, toString(m.date) as date, toString(m.owner_id) as owner_id, toDecimal128(m.amount, 4) as value, toDecimal128(0, 4) as divisor
  from (select *, arrayJoin(arrayFilter(day -> day >= date and day < until, {p1:Array(Date32)})) as period_end from opportunity_movement final where moved and sign = 1 and date <= {p2:Date32}) as m
  where m.state = 'OPPORTUNITY_STATE_OPEN'
    and m.id in (select id from opportunity final where deleted = 0 and (owner_id = {p3:String} or arrayExists((who, until) -> who = {p3:String} and until > {p4:DateTime64(3, 'UTC')}, share_ids, share_ends)))
    and m.stage_id in {p7:Array(String)}
)

-- {"p1":["2026-03-31"],"p2":"2026-03-31","p3":"0e000000-0000-7000-8000-000000000001","p4":"2026-11-21 08:00:00.000","p5":["2026-03-31"],"p6":["2026-03-01"],"p7":["s1"]}
