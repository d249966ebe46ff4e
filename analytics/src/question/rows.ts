import { queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { invalidField } from '@pelagic/chassis/problem';
import { decodeCursor, encodeCursor, pageSize } from '@pelagic/chassis/page';
import type { FactRow, ListRowsRequest, ListRowsResponse } from '@pelagic/proto/crm/analytics/v1/analytics';
import Big from 'big.js';
import type { Measure } from '../cubes/cube.ts';
import type { Directory } from '../directory/directory.ts';
import type { Engine, Row } from '../engine/engine.ts';
import { circumstances } from './answer.ts';
import { asked, type Asked, type Named } from './asked.ts';
import { bindings, TEXTS, type Bindings } from './bindings.ts';
import type { Compiled } from './compile.ts';
import { figure } from './figure.ts';
import { customerNames } from './labels.ts';
import { ask } from './limits.ts';
import { bucketsOf, type Bucket, type Period } from './period.ts';
import { visibleRecords } from './scope.ts';
import { sourceOf, type Circumstances } from './source.ts';

const ORDER = 'date desc, id';

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
  return `select ${source.row}.id as id, toString(${date}) as date, toString(${source.owner}) as owner_id, ${source.value(measure)} as value, ${divisor} as divisor
  from ${source.from}
  where ${where.join('\n    and ') || '1'}`;
};

const later = (a: string, b: string): string => (a > b ? a : b);

/** A page of the rows, newest first. */
export const compileRows = (clicked: Clicked, around: Circumstances, size: number, after: unknown[]): Compiled => {
  const bound = bindings();
  const records = recordsSql(clicked, around, bound);
  const [date, id] = after.map((value) => bound.bind('String', value));
  const beyond = after.length ? `where date < ${date} or (date = ${date} and id > ${id})\n` : '';
  return {
    sql: `select * from (\n  ${records}\n)\n${beyond}order by ${ORDER}\nlimit ${bound.bind('UInt32', size + 1)}`,
    params: bound.params,
  };
};

export const compileRowsTotal = (clicked: Clicked, around: Circumstances): Compiled => {
  const bound = bindings();
  return {
    sql: `select count() as size, sum(value) as value, sum(divisor) as divisor from (\n  ${recordsSql(clicked, around, bound)}\n)`,
    params: bound.params,
  };
};

type Names = { name: string; number: string; customer_id: string };

/** What the rows are called, for the few of a page. */
const namesOf = async (engine: Engine, { cube }: Asked, { caller, now }: Circumstances, ids: string[]) => {
  if (!ids.length) return new Map<string, Names>();
  const bound = bindings();
  const records = visibleRecords(cube, { caller, now, bindings: bound });
  const sql = `select id, name, number, ${cube.customer ?? "''"} as customer_id from ${records} where id in ${bound.bind(TEXTS, ids)}`;
  const rows = await ask<Names & { id: string }>(
    engine,
    { sql, params: bound.params },
    `analytics rows ${cube.noun} names`,
  );
  return new Map(rows.map((row) => [row.id, row]));
};

const plain = (value: unknown): string => new Big(String(value ?? 0)).toFixed();

type Page = { question: Asked; caller: Caller; names: Map<string, Names>; customers: Map<string, string> };

const factRow = (
  { question, caller, names, customers }: Page,
  { id, date, owner_id: owner, value, divisor }: Row,
): FactRow => {
  const { cube, measures } = question;
  const show = (field: string, text: unknown): string =>
    queryable(caller, cube.noun, field) ? String(text ?? '') : '';
  const known = names.get(String(id));
  return {
    noun: cube.noun,
    id: String(id),
    name: show(cube.nameField ?? 'name', known?.name),
    number: show('number', known?.number),
    ownerId: show('ownerId', owner),
    date: String(date),
    value: plain(value),
    customerName: show('customerId', customers.get(known?.customer_id ?? '')),
    divisor: measures[0]!.per ? plain(divisor) : '',
  };
};

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

export const listRows = async (
  engine: Engine,
  directory: Directory,
  caller: Caller,
  request: ListRowsRequest,
): Promise<ListRowsResponse> => {
  const clicked = clickedOn(request, directory, caller);
  const { asked: question, measure } = clicked;
  const { noun } = question.cube;
  const around = circumstances(caller, directory);
  const size = pageSize(request.pageSize);
  const after = request.pageToken ? decodeCursor(request.pageToken, ORDER) : [];
  const [found, [total]] = await Promise.all([
    ask<Row>(engine, compileRows(clicked, around, size, after), `analytics rows ${noun}`),
    ask<Row>(engine, compileRowsTotal(clicked, around), `analytics rows ${noun} total`),
  ]);
  const page = found.slice(0, size);
  const names = await namesOf(
    engine,
    question,
    around,
    page.map(({ id }) => String(id)),
  );
  const customers = await customerNames(
    engine,
    caller,
    around.now,
    [...names.values()].map((each) => each.customer_id),
  );
  const last = page.at(-1);
  return {
    rows: page.map((row) => factRow({ question, caller, names, customers }, row)),
    nextPageToken: found.length > size && last ? encodeCursor(ORDER, [last['date'], last['id']]) : '',
    totalSize: Number(total?.['size'] ?? 0),
    total: figure(measure, total?.['value'], total?.['divisor']),
  };
};
