import { queryable } from '@pelagic/chassis/access';
import { decodeCursor, encodeCursor, pageSize } from '@pelagic/chassis/page';
import { refused } from '@pelagic/chassis/problem';
import type { FactRow } from '@pelagic/proto/crm/analytics/v1/analytics';
import Big from 'big.js';
import type { Cube } from '../cubes/cube.ts';
import type { Engine, Row } from '../engine/engine.ts';
import { bindings, TEXTS, type Bindings } from './bindings.ts';
import type { Compiled } from './compile.ts';
import { recordNames } from './labels.ts';
import { ask } from './limits.ts';
import { visibleRecords } from './scope.ts';
import type { Circumstances } from './source.ts';

const ORDER = 'date desc, id';
/** Ids of one look-up of names: they travel as a parameter. */
const NAMED_AT_ONCE = 500;

/** What a figure is made of: each record of a noun once, with `id, date, owner_id, value, divisor`. */
export type Records = { cube: Cube; sql: (bound: Bindings) => string; ratio: boolean };

export type RecordsPage = {
  rows: FactRow[];
  nextPageToken: string;
  totalSize: number;
  /** Sums over all rows. */
  value: string;
  divisor: string;
};

type Wanted = { pageSize: number; pageToken: string };

/** A page of the rows, newest first, and one more. */
export const compilePage = (records: Pick<Records, 'sql'>, size: number, after: unknown[]): Compiled => {
  const bound = bindings();
  const sql = records.sql(bound);
  const [date, id] = after.map((value) => bound.bind('String', value));
  const beyond = after.length ? `where date < ${date} or (date = ${date} and id > ${id})\n` : '';
  return {
    sql: `select * from (\n  ${sql}\n)\n${beyond}order by ${ORDER}\nlimit ${bound.bind('UInt32', size + 1)}`,
    params: bound.params,
  };
};

export const compileTotal = (records: Pick<Records, 'sql'>): Compiled => {
  const bound = bindings();
  return {
    sql: `select count() as size, sum(value) as value, sum(divisor) as divisor from (\n  ${records.sql(bound)}\n)`,
    params: bound.params,
  };
};

type Names = { name: string; number: string; customer_id: string };

/** What the rows are called, for the few of a page. */
const namesOf = async (engine: Engine, cube: Cube, { caller, now }: Circumstances, ids: string[]) => {
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

type Known = Circumstances & { names: Map<string, Names>; customers: Map<string, string> };

const factRow = (
  { cube, ratio }: Records,
  { caller, names, customers }: Known,
  { id, date, owner_id: owner, value, divisor }: Row,
): FactRow => {
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
    divisor: ratio ? plain(divisor) : '',
  };
};

/** Rows as people read them: with the names that the reader may see. */
const described = async (engine: Engine, records: Records, around: Circumstances, rows: Row[]): Promise<FactRow[]> => {
  const names = await namesOf(
    engine,
    records.cube,
    around,
    rows.map(({ id }) => String(id)),
  );
  const customers = await recordNames(
    engine,
    around.caller,
    around.now,
    'customer',
    [...names.values()].map((each) => each.customer_id),
  );
  return rows.map((row) => factRow(records, { ...around, names, customers }, row));
};

export const pageOf = async (
  engine: Engine,
  records: Records,
  around: Circumstances,
  wanted: Wanted,
): Promise<RecordsPage> => {
  const { noun } = records.cube;
  const size = pageSize(wanted.pageSize);
  const after = wanted.pageToken ? decodeCursor(wanted.pageToken, ORDER) : [];
  const [found, [total]] = await Promise.all([
    ask<Row>(engine, compilePage(records, size, after), `analytics rows ${noun}`),
    ask<Row>(engine, compileTotal(records), `analytics rows ${noun} total`),
  ]);
  const page = found.slice(0, size);
  const last = page.at(-1);
  return {
    rows: await described(engine, records, around, page),
    nextPageToken: found.length > size && last ? encodeCursor(ORDER, [last['date'], last['id']]) : '',
    totalSize: Number(total?.['size'] ?? 0),
    value: plain(total?.['value']),
    divisor: plain(total?.['divisor']),
  };
};

/** All rows at once, for a file; refused when there are more than `max`. */
export const everyRow = async (
  engine: Engine,
  records: Records,
  around: Circumstances,
  max: number,
): Promise<FactRow[]> => {
  const found = await ask<Row>(engine, compilePage(records, max, []), `analytics export ${records.cube.noun}`);
  if (found.length > max)
    throw refused('TOO_MANY_ROWS', `An export holds at most ${max} rows. Choose a shorter period.`, {
      params: { max: String(max) },
    });
  const rows: FactRow[] = [];
  for (let from = 0; from < found.length; from += NAMED_AT_ONCE)
    rows.push(...(await described(engine, records, around, found.slice(from, from + NAMED_AT_ONCE))));
  return rows;
};
