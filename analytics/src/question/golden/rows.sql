select * from (
  select f.id as id, any(f.name) as name, any(f.number) as number, toString(any(m.owner_id)) as owner_id, any(f.customer_id) as customer_id,
    toString(any(f.create_date)) as date, sum(toDecimal128(m.amount, 4) * m.sign) as value, toDecimal128(0, 4) as divisor
  from (select *, arrayJoin(arrayFilter(day -> day >= date, {p5:Array(Date32)})) as at from opportunity_movement final where moved and date <= {p4:Date32}) as m
  inner join (select * from opportunity final where deleted = 0 and (owner_id = {p1:String} or arrayExists((who, until) -> who = {p2:String} and until > {p3:DateTime64(3, 'UTC')}, share_ids, share_ends))) as f on f.id = m.id
  where m.state = 'OPPORTUNITY_STATE_OPEN'
    and m.stage_id in {p8:Array(String)}
  group by f.id
  having sum(m.sign) != 0
)
where date < {p9:String} or (date = {p10:String} and id > {p11:String})
order by date desc, id
limit {p12:UInt32}

-- {"p1":"0e000000-0000-7000-8000-000000000001","p2":"0e000000-0000-7000-8000-000000000001","p3":"2026-11-21 08:00:00.000","p4":"2026-03-31","p5":["2026-03-31"],"p6":["2026-03-31"],"p7":["2026-03-01"],"p8":["s1"],"p9":"2026-02-01","p10":"2026-02-01","p11":"x","p12":51}
