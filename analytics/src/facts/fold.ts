import type { Cube } from '../cubes/cube.ts';
import type { Row } from '../engine/engine.ts';
import type { Column } from './column.ts';

/**
 * Facts are made of a record's changes and depend on nothing else: an event that comes twice, late or out of order leaves
 * them as they should be.
 */
export type Change = Row & { id: string; version: number; part: number; date: string; time: string };

/** The changes of one record in the order of versions, each once. */
const ordered = (changes: Change[]): Change[] => changes.toSorted((a, b) => a.version - b.version || a.part - b.part);

/** The changes by record. */
export const byRecord = (changes: Change[]): Change[][] =>
  [...Map.groupBy(changes, ({ id }) => id).values()].map(ordered);

const settledAt = (changes: Change[]): Change =>
  changes.findLast((change, index) => change['state'] !== changes[index - 1]?.['state']) ?? changes[0]!;

/** Further than any period reaches: what is, still is. */
const STILL = '2299-12-31';

/** What stood of a record from one date to the next, with where it came from and where it went. */
type Movement = { change: Change; before: Change | undefined; next: Change | undefined; entered: string };

/** The changes that move something, each with those beside it and the time since when the record was in its step. */
const movementsOf = (cube: Cube, changes: Change[]): Movement[] => {
  const what = [...cube.moves, 'step'];
  const moved = changes.filter((change, index) => {
    const before = changes[index - 1];
    return !before || what.some((name) => before[name] !== change[name]);
  });
  let entered = '';
  return moved.map((change, index) => {
    const before = moved[index - 1];
    if (before?.['step'] !== change['step']) entered = change.time;
    return { change, before, next: moved[index + 1], entered };
  });
};

/** How long something stood in a step is known to the second: of all columns these are the widest. */
const second = (time: string): string => time.slice(0, 19);

/** Columns of `moves`: a list for each, with a place for each movement. */
const foldMoves = (cube: Cube, changes: Change[]): Row => {
  const movements = movementsOf(cube, changes);
  const columns: Record<string, (movement: Movement) => unknown> = {
    date: ({ change }) => change.date,
    until: ({ next }) => next?.date ?? STILL,
    enter_time: ({ entered }) => second(entered),
    leave_time: ({ change, next }) => second((next ?? change).time),
    step: ({ change }) => change['step'],
    from_step: ({ before }) => before?.['step'] ?? '',
    // Whether it began in another step, and ended for another: to compare names takes a fifth of a question's time.
    enters: ({ change, before }) => (change['step'] === (before?.['step'] ?? '') ? 0 : 1),
    leaves: ({ change, next }) => (next && next['step'] !== change['step'] ? 1 : 0),
    ...Object.fromEntries(cube.moves.map((name) => [name, ({ change }: Movement) => change[name]])),
  };
  return Object.fromEntries(
    Object.entries(columns).map(([name, valueOf]) => [`moves.${name}`, movements.map(valueOf)]),
  );
};

/** The last state of a record, who had it at first, who had it when its state last changed, and how it moved. */
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
    ...foldMoves(cube, changes),
  };
};
