select arrayJoin(arrayConcat(
    arrayMap(place -> (toInt32(place), '', ''), places),
    arrayMap(ended -> (toInt32(ended.1), ended.2, why), ends))) as what,
  what.1 as place, what.2 as step, what.3 as reason, count() as records, sum(amount) as amount
from (
  select arrayDistinct(arrayFlatten(arrayMap((m_date, m_enters, m_department_id, m_from_step, m_step) -> if(m_date between {p1:Date32} and {p2:Date32} and m_enters and (m_department_id in {p3:Array(String)} and m_date < {p4:Date32} or m_department_id in {p5:Array(String)} and m_date >= {p4:Date32}), if(m_from_step in {p7:Array(String)}, [], range(toUInt32(greatest(0, transform(toString(m_from_step), {p6:Array(String)}, [0, 1, 2], -1) + 1)), toUInt32(greatest(0, transform(toString(m_step), {p6:Array(String)}, [0, 1, 2], -1) + 1)))), []), f.moves.date, f.moves.enters, f.moves.department_id, f.moves.from_step, f.moves.step))) as places,
    arrayDistinct(arrayFlatten(arrayMap((m_date, m_enters, m_department_id, m_step, m_from_step) -> if(m_date between {p1:Date32} and {p2:Date32} and m_enters and (m_department_id in {p3:Array(String)} and m_date < {p4:Date32} or m_department_id in {p5:Array(String)} and m_date >= {p4:Date32}) and m_step in {p8:Array(String)}, [(greatest(0, transform(toString(m_from_step), {p6:Array(String)}, [0, 1, 2], -1)), toString(m_step))], []), f.moves.date, f.moves.enters, f.moves.department_id, f.moves.step, f.moves.from_step))) as ends,
    toString(f.lost_reason) as why, f.amount as amount
  from (select * from opportunity final where deleted = 0) as f
  where arrayExists((m_date) -> m_date between {p1:Date32} and {p2:Date32}, f.moves.date)
)
group by what

-- {"p1":"2026-01-01","p2":"2026-06-30","p3":["0d000000-0000-7000-8000-000000000002","0d000000-0000-7000-8000-000000000004"],"p4":"2026-07-01","p5":["0d000000-0000-7000-8000-000000000002"],"p6":["s1","s2","won"],"p7":["lost","invalid","won"],"p8":["lost","invalid"]}
