import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { camel } from '@pelagic/chassis/projection';
import type { Cube } from '../cubes/cube.ts';
import type { Row } from '../engine/engine.ts';
import { checkValue } from './check.ts';
import { instantOf, type Column, type State } from './column.ts';

/** The noun's state after an event. Throws a sentence for the parked message when there is none. */
export const stateOf = (event: EventEnvelope): State => {
  const state = event.data[camel(event.noun)];
  if (!state || typeof state !== 'object') throw new Error(`The event carries no ${event.noun}.`);
  return state as State;
};

const row = (
  columns: Record<string, Column>,
  event: EventEnvelope,
  part: number,
  at: { date: string; time: string },
  state: State,
): Row => {
  const values: Row = {
    id: event.subject,
    version: Number(event.sequence),
    part,
    date: at.date,
    time: instantOf(at.time),
  };
  checkValue('date', 'Date32', values['date']);
  for (const [name, { type, read }] of Object.entries(columns)) {
    values[name] = read(state);
    checkValue(name, type, values[name]);
  }
  return values;
};

/** The rows of `<noun>_change` that an event stands for. */
export const changesOf = (cube: Cube, columns: Record<string, Column>, event: EventEnvelope): Row[] => {
  const state = stateOf(event);
  const change = row(
    columns,
    event,
    1,
    { date: cube.changeDate(state, event), time: cube.changeTime(state, event) },
    state,
  );
  const opening = event.sequence === '1' ? cube.opening?.(state) : undefined;
  return opening ? [row(columns, event, 0, opening, opening.state), change] : [change];
};
