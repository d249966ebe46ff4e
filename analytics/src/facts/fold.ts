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

/**
 * The signed rows of a record's changes from a version on. Those of a change that moves nothing are written too, marked:
 * a late change in the middle may turn a movement into none.
 */
export const foldMovements = (cube: Cube, changes: Change[], fromVersion: number): Row[] => {
  const rows: Row[] = [];
  const what = [...cube.moves, 'step'];
  let entered = '';
  for (const [index, change] of changes.entries()) {
    const before = changes[index - 1];
    const wasEntered = entered;
    if (!before || before['step'] !== change['step']) entered = change.time;
    if (change.version < fromVersion) continue;
    const { id, version, part, date, time } = change;
    const moved = !before || what.some((name) => before[name] !== change[name]) ? 1 : 0;
    const signed = (sign: 1 | -1, at: Change, other: unknown, enterTime: string): Row => ({
      ...{ id, version, part, sign, date, time, moved, step: at['step'], other_step: other, enter_time: enterTime },
      ...Object.fromEntries(cube.moves.map((name) => [name, at[name]])),
    });
    if (before) rows.push(signed(-1, before, change['step'], wasEntered));
    rows.push(signed(1, change, before?.['step'] ?? '', entered));
  }
  return rows;
};
