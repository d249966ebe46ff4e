select greatest(0, transform(toString(m.step), {p7:Array(String)}, [0, 1, 2], -1)) as place, count() as records, sum(m.amount) as amount,
  quantileExactInclusive(0.5)(dateDiff('second', m.enter_time, {p6:DateTime64(3, 'UTC')}) / 86400) as days
from (select * from opportunity final where deleted = 0) as f
  array join f.moves as m
  array join arrayFilter(day -> day >= m.date and day < m.until, {p2:Array(Date32)}) as period_end
where m.state = 'OPPORTUNITY_STATE_OPEN'
    and m.date <= {p1:Date32} and m.until > {p1:Date32}
    and (m.department_id in {p3:Array(String)} and period_end < {p4:Date32} or m.department_id in {p5:Array(String)} and period_end >= {p4:Date32})
group by place

-- {"p1":"2026-06-30","p2":["2026-06-30"],"p3":["0d000000-0000-7000-8000-000000000002","0d000000-0000-7000-8000-000000000004"],"p4":"2026-07-01","p5":["0d000000-0000-7000-8000-000000000002"],"p6":"2026-06-30 16:00:00.000","p7":["s1","s2","won"]}
