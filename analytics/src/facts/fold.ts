import type { Cube } from '../cubes/cube.ts';
import type { Row } from '../engine/engine.ts';
import type { Column } from './column.ts';

/**
 * Facts and movements are made of a record's changes and depend on nothing else: an event that comes twice, late or out
 * of order leaves them as they should be.
 */
export type Change = Row & { id: string; version: number; part: number; date: string; time: string };

/** The changes of one record in the order of versions, each once. */
const ordered = (changes: Change[]): Change[] => changes.toSorted((a, b) => a.version - b.version || a.part - b.part);

/** The changes by record. */
export const byRecord = (changes: Change[]): Change[][] =>
  [...Map.groupBy(changes, ({ id }) => id).values()].map(ordered);

const settledAt = (changes: Change[]): Change =>
  changes.findLast((change, index) => change['state'] !== changes[index - 1]?.['state']) ?? changes[0]!;

/** The last state of a record, who had it at first, and who had it when its state last changed. */
export const foldFact = (cube: Cube, columns: Record<string, Column>, changes: Change[]): Row => {
  const first = changes[0]!;
  const last = changes.at(-1)!;
  const state = Object.fromEntries(Object.keys(columns).map((name) => [name, last[name]]));
  const fact: Row = {
    id: last.id,
    version: last.version,
    ...state,
    create_owner_id: first['owner_id'],
    create_department_id: first['department_id'],
  };
  if (!cube.moves.length) return fact;
  const settled = settledAt(changes);
  return {
    ...fact,
    state_date: settled.date,
    state_owner_id: settled['owner_id'],
    state_department_id: settled['department_id'],
    steps: [...new Set(changes.map(({ step }) => step).filter(Boolean))],
  };
};

/** Further than any period reaches: what is, still is. */
const STILL = '2299-12-31';

type Moving = { change: Change; before: Change | undefined; moved: boolean; entered: string; wasEntered: string };

/** Each change with the one before it, and the time since when the record had been in its step. */
const movings = (cube: Cube, changes: Change[]): Moving[] => {
  const what = [...cube.moves, 'step'];
  let entered = '';
  return changes.map((change, index) => {
    const before = changes[index - 1];
    const wasEntered = entered;
    if (before?.['step'] !== change['step']) entered = change.time;
    return {
      change,
      before,
      moved: !before || what.some((name) => before[name] !== change[name]),
      entered,
      wasEntered,
    };
  });
};

/**
 * The signed rows of a record's changes from a version on, with the movement before it, which lasts until the next one.
 * Those of a change that moves nothing are written too, marked: a late change may turn a movement into none.
 */
export const foldMovements = (cube: Cube, changes: Change[], fromVersion: number): Row[] => {
  const all = movings(cube, changes);
  const start = all.findIndex(({ change }) => change.version >= fromVersion);
  const since = all.slice(0, start).findLastIndex(({ moved }) => moved);
  const rowsOf = ({ change, before, moved, entered, wasEntered }: Moving, index: number): Row[] => {
    const { id, version, part, date, time } = change;
    const signed = (sign: 1 | -1, at: Change, more: Row): Row => ({
      ...{ id, version, part, sign, date, time, moved: moved ? 1 : 0, step: at['step'], ...more },
      ...Object.fromEntries(cube.moves.map((name) => [name, at[name]])),
    });
    const until = all.slice(index + 1).find((next) => next.moved)?.change.date ?? STILL;
    const gone = before && signed(-1, before, { until: date, other_step: change['step'], enter_time: wasEntered });
    const come = signed(1, change, { until, other_step: before?.['step'] ?? '', enter_time: entered });
    return gone ? [gone, come] : [come];
  };
  return all.flatMap((moving, index) => (index >= start || index === since ? rowsOf(moving, index) : []));
};
