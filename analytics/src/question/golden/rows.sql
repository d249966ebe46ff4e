select * from (
  select f.id as id, toString(m.date) as date, toString(m.owner_id) as owner_id, toDecimal128(m.amount, 4) as value, toDecimal128(0, 4) as divisor
  from (select * from opportunity final where deleted = 0 and (owner_id = {p1:String} or arrayExists((who, until) -> who = {p1:String} and until > {p2:DateTime64(3, 'UTC')}, share_ids, share_ends))) as f
  array join f.moves as m
  array join arrayFilter(day -> day >= m.date and day < m.until, {p4:Array(Date32)}) as period_end
  where m.state = 'OPPORTUNITY_STATE_OPEN'
    and m.date <= {p3:Date32} and m.until > {p3:Date32}
    and m.stage_id in {p7:Array(String)}
)
where date < {p8:String} or (date = {p8:String} and id > {p9:String})
order by date desc, id
limit {p10:UInt32}

-- {"p1":"0e000000-0000-7000-8000-000000000001","p2":"2026-11-21 08:00:00.000","p3":"2026-03-31","p4":["2026-03-31"],"p5":["2026-03-31"],"p6":["2026-03-01"],"p7":["s1"],"p8":"2026-02-01","p9":"x","p10":51}
