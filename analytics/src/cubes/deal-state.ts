import { startOfDate } from '@pelagic/chassis/clock';
import { enterprise } from '@pelagic/chassis/enterprise';
import type { State } from '../facts/column.ts';
import { field, type Cube } from './cube.ts';

export const OPEN = 'OPPORTUNITY_STATE_OPEN';

export const isOpen = (state: State): boolean => field(state, 'state') === OPEN;

/** Where it stands: its stage while it is open, then how it ended. */
export const step = (state: State): string =>
  isOpen(state) ? field(state, 'stageId') : field(state, 'state').replace('OPPORTUNITY_STATE_', '').toLowerCase();

export const later = (a: string, b: string): string => (Date.parse(b) > Date.parse(a) ? b : a);

export const startOf = (date: string): string => startOfDate(enterprise().timeZone, date).toISOString();

/** A deal that was closed elsewhere was open from its creation to its closing, in the last stage that is known. */
export const opening: NonNullable<Cube['opening']> = (state) => {
  if (isOpen(state)) return undefined;
  const { closeDate, closeNote, lostReason, ...rest } = state;
  return {
    state: { ...rest, state: OPEN, stageId: field(state, 'lastStageId') },
    date: field(state, 'createDate'),
    time: field(state, 'createTime') || startOf(field(state, 'createDate')),
  };
};
