select greatest(0, place) as place, count() as records, sum(amount) as amount, quantileExactInclusive(0.5)(days) as days
from (
  select toInt32(indexOf({p8:Array(String)}, toString(m.step))) - 1 as place, f.id as id, sum(m.amount * m.sign) as amount, dateDiff('second', max(m.enter_time), {p7:DateTime64(3, 'UTC')}) / 86400 as days
  from (select *, arrayJoin(arrayFilter(day -> day >= date, {p6:Array(Date32)})) as at from opportunity_movement final where moved and date <= {p5:Date32}) as m
  inner join (select * from opportunity final where deleted = 0) as f on f.id = m.id
  where m.state = 'OPPORTUNITY_STATE_OPEN'
    and (m.department_id in {p1:Array(String)} and m.at < {p2:Date32} or m.department_id in {p3:Array(String)} and m.at >= {p4:Date32})
  group by place, id
  having sum(m.sign) > 0
)
group by place

-- {"p1":["0d000000-0000-7000-8000-000000000002","0d000000-0000-7000-8000-000000000004"],"p2":"2026-07-01","p3":["0d000000-0000-7000-8000-000000000002"],"p4":"2026-07-01","p5":"2026-06-30","p6":["2026-06-30"],"p7":"2026-06-30 16:00:00.000","p8":["s1","s2","won"]}
