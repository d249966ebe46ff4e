import type { Caller } from '@pelagic/chassis/caller';
import { invalidField } from '@pelagic/chassis/problem';
import type { ListRowsRequest, ListRowsResponse } from '@pelagic/proto/crm/analytics/v1/analytics';
import type { Measure } from '../cubes/cube.ts';
import type { Directory } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';
import { circumstances } from './answer.ts';
import { asked, type Asked, type Named } from './asked.ts';
import type { Bindings } from './bindings.ts';
import { figure } from './figure.ts';
import { bucketsOf, type Bucket, type Period } from './period.ts';
import { pageOf, type Records } from './records.ts';
import { sourceOf, type Circumstances } from './source.ts';

/** The rows behind a figure: a row of the answer by its keys, or the total when there are none. */
export type Clicked = { asked: Asked; measure: Named<Measure>; keys: string[] };

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The period that was clicked on; the whole one for the total. */
const clickedPeriod = ({ asked: { grain, period }, keys }: Clicked, fiscalStart: number): Bucket[] => {
  if (!grain || !keys.length) return [{ start: period.from, end: period.to }];
  const start = keys[0]!;
  const bucket =
    DAY.test(start) && bucketsOf(period, grain, fiscalStart).find((candidate) => candidate.start === start);
  if (!bucket) throw invalidField('keys[0]', 'NOT_A_PERIOD', 'This is not the first day of one of the periods.');
  return [bucket];
};

/** Each record once with what it adds to the figure: the same rows, scope and conditions as the figure itself. */
const recordsSql = (clicked: Clicked, around: Circumstances, bound: Bindings): string => {
  const { asked: question, measure, keys } = clicked;
  const moment = question.cube.moments[measure.moment]!;
  const buckets = clickedPeriod(clicked, around.fiscalStart);
  const within: Period = { from: later(question.period.from, buckets[0]!.start), to: buckets[0]!.end };
  const source = sourceOf(question, moment, within, { ends: buckets }, around, bound);
  const dimensionKeys = question.grain ? keys.slice(1) : keys;
  const where = [
    ...source.where,
    ...(measure.where ? [measure.where] : []),
    ...question.dimensions
      .slice(0, dimensionKeys.length)
      .map((dimension, index) => source.matches(dimension, [dimensionKeys[index]!])),
  ];
  // What stands is shown with the day since when it does.
  const date = moment.rows === 'stock' ? 'm.date' : source.date;
  const divisor = measure.per ? source.value({ ...measure, value: measure.per }) : 'toDecimal128(0, 4)';
  const once = moment.rows === 'products' || moment.rows === 'instalments';
  const summed = (expression: string): string => (once ? `sum(${expression})` : expression);
  // A record whose instalments are due on several days stands under the first of them.
  const first = once ? `min(${date})` : date;
  return `select f.id as id, toString(${first}) as date, toString(${source.owner}) as owner_id, ${summed(source.value(measure))} as value, ${summed(divisor)} as divisor
  from ${source.from}
  where ${where.join('\n    and ') || '1'}${once ? '\n  group by id, owner_id' : ''}`;
};

const later = (a: string, b: string): string => (a > b ? a : b);

export const recordsOf = (clicked: Clicked, around: Circumstances): Records => ({
  cube: clicked.asked.cube,
  ratio: clicked.measure.per !== undefined,
  sql: (bound) => recordsSql(clicked, around, bound),
});

/** Throws when the keys are not those of a row of the answer. */
const clickedOn = (request: ListRowsRequest, directory: Directory, caller: Caller): Clicked => {
  const question = asked({ ...request.question!, measures: [request.measure], orderBy: '' }, directory, caller);
  const count = question.dimensions.length + (question.grain ? 1 : 0);
  if (request.keys.length && request.keys.length !== count)
    throw invalidField(
      'keys',
      'KEYS_INCOMPLETE',
      'Give the keys of a row of the answer, all of them, or none for the total.',
    );
  return { asked: question, measure: question.measures[0]!, keys: request.keys };
};

/** The rows that a request asks for, and the measure that they add up to. */
export const rowsAsked = (
  request: ListRowsRequest,
  directory: Directory,
  around: Circumstances,
): { records: Records; measure: Measure } => {
  const clicked = clickedOn(request, directory, around.caller);
  return { records: recordsOf(clicked, around), measure: clicked.measure };
};

export const listRows = async (
  engine: Engine,
  directory: Directory,
  caller: Caller,
  request: ListRowsRequest,
): Promise<ListRowsResponse> => {
  const around = circumstances(caller, directory);
  const { records, measure } = rowsAsked(request, directory, around);
  const { value, divisor, ...page } = await pageOf(engine, records, around, request);
  return {
    ...page,
    total: figure(measure, value, divisor),
    valueSum: value,
    divisorSum: records.ratio ? divisor : '',
  };
};
