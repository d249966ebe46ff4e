import type { Cube } from '../cubes/cube.ts';
import type { Column } from './column.ts';

/**
 * Facts and movements are made of the changes by SQL and depend on nothing else: an event that comes twice, late or out
 * of order leaves them as they should be. `which` says whose records: all that a batch touched, or a slice of a rebuild.
 */

const WINDOW = 'window w as (partition by id order by version, part rows between unbounded preceding and current row)';

/** The last state of each record, who had it at first, and who had it when its state last changed. */
export const foldFacts = (cube: Cube, columns: Record<string, Column>, which: string): string => {
  const names = Object.keys(columns);
  const credit = cube.moves.length
    ? {
        state_date: 'argMaxIf(date, (version, part), state != old_state)',
        state_owner_id: 'argMaxIf(owner_id, (version, part), state != old_state)',
        state_department_id: 'argMaxIf(department_id, (version, part), state != old_state)',
        steps: "groupUniqArrayIf(step, step != '')",
      }
    : {};
  const chosen = {
    id: 'id',
    version: 'max(version)',
    // A tuple, for argMax passes over NULL and would answer with an older date where the last has none.
    ...Object.fromEntries(names.map((name) => [name, `argMax(tuple(${name}), (version, part)).1`])),
    create_owner_id: 'argMin(owner_id, (version, part))',
    create_department_id: 'argMin(department_id, (version, part))',
    ...credit,
  };
  const previous = cube.moves.length ? ', lagInFrame(state) over w as old_state' : '';
  return `insert into ${cube.noun} (${Object.keys(chosen).join(', ')})
select ${Object.values(chosen).join(',\n  ')}
from (
  select *${previous}
  from ${cube.noun}_change final
  where ${which}
  ${previous && WINDOW}
)
group by id`;
};

/**
 * The signed rows of each change. Those that change nothing that moves are written too, marked: a late change in the
 * middle may turn a movement into none.
 */
export const foldMovements = (cube: Cube, which: string): string => {
  const { moves, noun } = cube;
  const old = [...moves, 'step'].map((name) => `lagInFrame(${name}) over w as old_${name}`);
  const moved = [...moves, 'step'].map((name) => `${name} != old_${name}`).join(' or ');
  const signed = (name: string): string => `if(sign = 1, ${name}, old_${name})`;
  return `insert into ${noun}_movement (id, version, part, sign, date, time, moved, step, other_step, enter_time, ${moves.join(', ')})
select id, version, part, sign, date, time, first or ${moved},
  ${signed('step')}, if(sign = 1, old_step, step), if(sign = 1, entered, old_entered),
  ${moves.map(signed).join(', ')}
from (
  select *, lagInFrame(entered) over w as old_entered
  from (
    select *, maxIf(time, first or step != old_step) over w as entered
    from (
      select *, row_number() over w = 1 as first, ${old.join(', ')}
      from ${noun}_change final
      where ${which}
      ${WINDOW}
    )
    ${WINDOW}
  )
  ${WINDOW}
)
array join [toInt8(-1), toInt8(1)] as sign
where sign = 1 or not first`;
};

export const ofRecords = 'id in {ids:Array(String)}';
