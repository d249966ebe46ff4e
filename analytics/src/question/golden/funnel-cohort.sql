select if(f.step = {p7:String}, 2, toInt32(arrayMax(arrayPushFront(arrayMap(step -> indexOf({p6:Array(String)}, toString(step)), f.steps), 1))) - 1) as place, toString(f.step) as step, toString(f.lost_reason) as reason, count() as records, sum(f.amount) as amount
from (select * from opportunity final where deleted = 0) as f
where f.create_date between {p1:Date32} and {p2:Date32}
    and (f.create_department_id in {p3:Array(String)} and f.create_date < {p4:Date32} or f.create_department_id in {p5:Array(String)} and f.create_date >= {p4:Date32})
group by place, step, reason

-- {"p1":"2026-01-01","p2":"2026-06-30","p3":["0d000000-0000-7000-8000-000000000002","0d000000-0000-7000-8000-000000000004"],"p4":"2026-07-01","p5":["0d000000-0000-7000-8000-000000000002"],"p6":["s1","s2"],"p7":"won"}
