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
import { bindings, type Bindings } from './bindings.ts';
import type { Compiled } from './compile.ts';
import { figure } from './figure.ts';
import { customerNames } from './labels.ts';
import { ask } from './limits.ts';
import { bucketsOf, type Bucket, type Period } from './period.ts';
import { sourceOf, type Circumstances } from './source.ts';

const ORDER = 'date desc, id';

/** The rows behind a figure: a row of the answer by its keys, or the total when there are none. */
export type Clicked = { asked: Asked; measure: Named<Measure>; keys: string[] };

/** Who had it at the end of the period: of the movements that add, the last. */
const STANDING_OWNER = 'argMaxIf(m.owner_id, (m.version, m.part), m.sign = 1)';

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

/** Each record once with what it adds to the figure: the same facts, scope and conditions as the figure itself. */
const recordsSql = (clicked: Clicked, around: Circumstances, bound: Bindings): string => {
  const { asked: question, measure, keys } = clicked;
  const moment = question.cube.moments[measure.moment]!;
  const buckets = clickedPeriod(clicked, around.fiscalStart);
  const within: Period = { from: later(question.period.from, buckets[0]!.start), to: buckets[0]!.end };
  const source = sourceOf(question, moment, within, buckets, around, bound);
  const dimensionKeys = question.grain ? keys.slice(1) : keys;
  const where = [
    ...source.where,
    ...(measure.where ? [measure.where] : []),
    ...question.dimensions
      .slice(0, dimensionKeys.length)
      .map((dimension, index) => source.matches(dimension, [dimensionKeys[index]!])),
  ];
  const divisor = measure.per ? `sum(${source.value({ ...measure, value: measure.per })})` : 'toDecimal128(0, 4)';
  const customer = question.cube.customer ? `any(f.${question.cube.customer})` : "''";
  return `select f.id as id, any(f.name) as name, any(f.number) as number, toString(${moment.rows === 'stock' ? STANDING_OWNER : `any(${source.owner})`}) as owner_id, ${customer} as customer_id,
    toString(any(${moment.rows === 'stock' ? 'f.create_date' : source.date})) as date, sum(${source.value(measure)}) as value, ${divisor} as divisor
  from ${source.from}
  where ${where.join('\n    and ') || '1'}
  group by f.id${moment.rows === 'stock' ? '\n  having sum(m.sign) != 0' : ''}`;
};

const later = (a: string, b: string): string => (a > b ? a : b);

/** A page of the rows, newest first. */
export const compileRows = (clicked: Clicked, around: Circumstances, size: number, after: unknown[]): Compiled => {
  const bound = bindings();
  const records = recordsSql(clicked, around, bound);
  const [date, id] = after;
  const beyond = after.length
    ? `where date < ${bound.bind('String', date)} or (date = ${bound.bind('String', date)} and id > ${bound.bind('String', id)})\n`
    : '';
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

const plain = (value: unknown): string => new Big(String(value ?? 0)).toFixed();

export const listRows = async (
  engine: Engine,
  directory: Directory,
  caller: Caller,
  request: ListRowsRequest,
): Promise<ListRowsResponse> => {
  const question = request.question!;
  const understood = asked({ ...question, measures: [request.measure], orderBy: '' }, directory, caller);
  const { cube, measures, dimensions, grain } = understood;
  const measure = measures[0]!;
  if (request.keys.length && request.keys.length !== dimensions.length + (grain ? 1 : 0))
    throw invalidField(
      'keys',
      'KEYS_INCOMPLETE',
      'Give the keys of a row of the answer, all of them, or none for the total.',
    );
  const around = circumstances(caller, directory);
  const clicked: Clicked = { asked: understood, measure, keys: request.keys };
  const size = pageSize(request.pageSize);
  const after = request.pageToken ? decodeCursor(request.pageToken, ORDER) : [];
  const [found, [total]] = await Promise.all([
    ask<Row>(engine, compileRows(clicked, around, size, after), `analytics rows ${cube.noun}`),
    ask<Row>(engine, compileRowsTotal(clicked, around), `analytics rows ${cube.noun} total`),
  ]);
  const page = found.slice(0, size);
  const customers = await customerNames(
    engine,
    caller,
    around.now,
    page.map((row) => String(row['customer_id'])),
  );
  const show = (field: string, value: unknown): string =>
    queryable(caller, cube.noun, field) ? String(value ?? '') : '';
  const rows = page.map((row): FactRow => ({
    noun: cube.noun,
    id: String(row['id']),
    name: show(cube.nameField ?? 'name', row['name']),
    number: show('number', row['number']),
    ownerId: show('ownerId', row['owner_id']),
    date: String(row['date']),
    value: plain(row['value']),
    customerName: show('customerId', customers.get(String(row['customer_id']))),
    divisor: measure.per ? plain(row['divisor']) : '',
  }));
  const last = page.at(-1);
  return {
    rows,
    nextPageToken: found.length > size && last ? encodeCursor(ORDER, [last['date'], last['id']]) : '',
    totalSize: Number(total?.['size'] ?? 0),
    total: figure(measure, total?.['value'], total?.['divisor']),
  };
};
