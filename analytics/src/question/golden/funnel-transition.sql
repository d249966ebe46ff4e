select arrayJoin(arrayConcat(
    arrayMap(place -> (toInt32(place), '', ''), places),
    arrayMap(ended -> (toInt32(ended.1), ended.2, why), ends))) as what,
  what.1 as place, what.2 as step, what.3 as reason, count() as records, sum(amount) as amount
from (
  select groupUniqArrayArray(if(m.from_step in {p7:Array(String)}, [], range(toUInt32(greatest(0, toInt32(indexOf({p6:Array(String)}, m.from_step)) - 1 + 1)), toUInt32(greatest(0, toInt32(indexOf({p6:Array(String)}, m.step)) - 1 + 1))))) as places,
    groupUniqArrayIf((greatest(0, toInt32(indexOf({p6:Array(String)}, m.from_step)) - 1), toString(m.step)), m.step in {p8:Array(String)}) as ends,
    any(toString(f.lost_reason)) as why, any(f.amount) as amount
  from (select * from opportunity final where deleted = 0) as f
  array join f.moves as m
  where m.date between {p1:Date32} and {p2:Date32}
    and m.enters
    and (m.department_id in {p3:Array(String)} and m.date < {p4:Date32} or m.department_id in {p5:Array(String)} and m.date >= {p4:Date32})
  group by f.id
)
group by what

-- {"p1":"2026-01-01","p2":"2026-06-30","p3":["0d000000-0000-7000-8000-000000000002","0d000000-0000-7000-8000-000000000004"],"p4":"2026-07-01","p5":["0d000000-0000-7000-8000-000000000002"],"p6":["s1","s2","won"],"p7":["lost","invalid","won"],"p8":["lost","invalid"]}
