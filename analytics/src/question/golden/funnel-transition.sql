select place, count() as records, sum(amount) as amount
from (
  select arrayJoin(if(toString(m.other_step) in {p6:Array(String)}, [], range(toUInt32(greatest(0, toInt32(indexOf({p7:Array(String)}, toString(m.other_step))) - 1 + 1)), toUInt32(greatest(0, toInt32(indexOf({p7:Array(String)}, toString(m.step))) - 1 + 1))))) as place, m.id as id, any(f.amount) as amount
  from (select * from opportunity_movement final where moved and sign = 1 and step != other_step) as m
  inner join (select * from opportunity final where deleted = 0) as f on f.id = m.id
  where m.date between {p1:Date32} and {p2:Date32}
    and (m.department_id in {p3:Array(String)} and m.date < {p4:Date32} or m.department_id in {p5:Array(String)} and m.date >= {p4:Date32})
  group by place, id
)
group by place

-- {"p1":"2026-01-01","p2":"2026-06-30","p3":["0d000000-0000-7000-8000-000000000002","0d000000-0000-7000-8000-000000000004"],"p4":"2026-07-01","p5":["0d000000-0000-7000-8000-000000000002"],"p6":["lost","invalid","won"],"p7":["s1","s2","won"]}
