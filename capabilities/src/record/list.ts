import type { Caller } from '@pelagic/chassis/caller';
import { queryable } from '@pelagic/chassis/access';
import { parseFilter, type Filter } from '@pelagic/chassis/filter';
import { filterSql, type Column } from '@pelagic/chassis/filter-sql';
import { enterpriseTimeZone } from '@pelagic/chassis/enterprise';
import { COUNT_MAX, decodeCursor, encodeCursor, pageSize } from '@pelagic/chassis/page';
import { invalidField } from '@pelagic/chassis/problem';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { tagsByName } from '../tag/tags-by-name.ts';
import { found } from './found.ts';
import type { Noun } from './noun.ts';

export type ListRequest = {
  pageSize: number;
  pageToken: string;
  filter: string;
  orderBy: string;
  query: string;
  deleted: boolean;
  count: boolean;
};
export type ListAnswer<R> = { rows: R[]; nextPageToken: string; totalSize?: number };

type Order = {
  path: string;
  descending: boolean;
  column: Column;
  /** No record lacks it. */
  always: boolean;
};

/** Every record has these, and what its noun is sorted by when nobody says; any other time may be empty. */
const ALWAYS = new Set(['create_time', 'update_time', 'createTime', 'updateTime']);

export const fieldsOf = (filter: Filter): string[] =>
  'field' in filter
    ? [filter.field]
    : 'not' in filter
      ? fieldsOf(filter.not)
      : ('all' in filter ? filter.all : filter.any).flatMap(fieldsOf);

/** The columns of all fields of a filter, looked up before: definitions of custom fields come from the database. */
const columnsOf = async (db: Kysely<any>, noun: Noun, caller: Caller, filter: Filter): Promise<Map<string, Column>> => {
  const columns = new Map<string, Column>();
  for (const path of new Set(fieldsOf(filter))) {
    const column = await noun.column(db, caller, noun.table, path);
    if (column) columns.set(path, column);
  }
  return columns;
};

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (character) => `\\${character}`);

/** The text of some fields as `searchColumns` writes it. */
const textOf = (noun: Noun, columns: string[]): RawBuilder<string> => {
  const repeated = new Set(noun.mapping.fields.filter((field) => field.repeated).map(({ name }) => name));
  const texts = columns.map((column) => {
    const ref = sql.ref(`${noun.table}.${column}`);
    return repeated.has(column) ? sql`array_to_string(${ref}, e'\\n')` : ref;
  });
  return sql`lower(concat_ws(e'\\n', ${sql.join(texts)}))`;
};

const jsonName = (column: string): string => column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/**
 * Substring search by pairs of characters. Nothing is found by a field that is hidden or masked for the caller: for them
 * the index finds by all fields of its column, and every row that it finds is read once more for those that they may
 * see. Everybody else pays the index scan and nothing more.
 */
const wordsCondition = (noun: Noun, caller: Caller, query: string): RawBuilder<boolean> => {
  const word = query.trim().toLowerCase();
  const like = `%${escapeLike(word)}%`;
  const on = (column: string, fields: string[]): RawBuilder<boolean> | undefined => {
    const seen = fields.filter((field) => queryable(caller, noun.noun, jsonName(field)));
    if (!seen.length) return undefined;
    const ref = sql.ref(`${noun.table}.${column}`);
    const found =
      word.length < 2 ? sql`${ref} like ${like}` : sql`bigrams(${ref}) @> bigrams(${word}) and ${ref} like ${like}`;
    return seen.length === fields.length ? sql`(${found})` : sql`(${found} and ${textOf(noun, seen)} like ${like})`;
  };
  const { open, guarded, also } = noun.spec.search;
  const parts = [on('search_open', open), on('search_guarded', guarded), also?.(caller, query)].filter(
    (part) => part !== undefined,
  );
  return parts.length ? sql`(${sql.join(parts, sql` or `)})` : sql`false`;
};

type Asked = Pick<ListRequest, 'filter' | 'query' | 'deleted'>;

/** What narrows a list besides the caller's reach: bin, filter and words. */
const narrowing = async (
  db: Kysely<any>,
  noun: Noun,
  caller: Caller,
  { filter, query, deleted }: Asked,
): Promise<RawBuilder<boolean>[]> => {
  const parts: RawBuilder<boolean>[] = [
    deleted
      ? sql`${sql.ref(`${noun.table}.delete_time`)} is not null`
      : sql`${sql.ref(`${noun.table}.delete_time`)} is null`,
  ];
  const written = parseFilter(filter);
  const parsed = written && (await tagsByName(db, written));
  if (parsed) {
    const columns = await columnsOf(db, noun, caller, parsed);
    parts.push(
      filterSql(parsed, { column: (path) => columns.get(path), callerId: caller.id, timeZone: enterpriseTimeZone() }),
    );
  }
  if (query.trim()) parts.push(wordsCondition(noun, caller, query));
  return parts;
};

/** Everything that narrows a list. The same for lists, counts, exports and bulk edits. */
export const conditions = async (
  db: Kysely<any>,
  noun: Noun,
  caller: Caller,
  asked: Asked,
  action = 'read',
): Promise<RawBuilder<boolean>[]> => [
  noun.reach(caller, action, noun.table),
  ...(await narrowing(db, noun, caller, asked)),
];

/** Who may not know what a list is sorted by has it in the order of the ids, which they see. */
const usualOrder = async (db: Kysely<any>, noun: Noun, caller: Caller): Promise<string> => {
  const order = noun.spec.order ?? 'create_time desc';
  return (await noun.column(db, caller, noun.table, order.split(' ')[0]!)) ? order : 'id desc';
};

const orderOf = async (db: Kysely<any>, noun: Noun, caller: Caller, orderBy: string): Promise<Order> => {
  const text = orderBy.trim() || (await usualOrder(db, noun, caller));
  const match = /^([\w.]+)(?:\s+(asc|desc))?$/i.exec(text);
  const column = match?.[1] ? await noun.column(db, caller, noun.table, match[1]) : undefined;
  if (!match?.[1] || !column || column.kind === 'texts' || column.kind === 'choices')
    throw invalidField('orderBy', 'BAD_ORDER', 'This list cannot be sorted so: one field, then asc or desc.');
  if (column.unsorted)
    throw invalidField('orderBy', 'NOT_SORTABLE', `${match[1]} is not marked as sortable in its definition.`, {
      value: match[1],
    });
  const always = ALWAYS.has(match[1]) || (noun.spec.order ?? '').startsWith(`${match[1]} `);
  return { path: match[1], descending: match[2]?.toLowerCase() === 'desc', column, always };
};

const CASTS: Partial<Record<Column['kind'], RawBuilder<unknown>>> = {
  time: sql`timestamptz`,
  date: sql`date`,
  number: sql`numeric`,
  uuid: sql`uuid`,
  boolean: sql`boolean`,
};

/** Rows after the cursor. Empty values come last in either direction. */
const after = (noun: Noun, { always, column, descending }: Order, [value, id]: unknown[]): RawBuilder<boolean> => {
  const ids = sql`${sql.ref(`${noun.table}.id`)} ${descending ? sql`<` : sql`>`} ${id}::uuid`;
  if (value === null) return sql`(${column.sql} is null and ${ids})`;
  const bound = sql`${value}::${CASTS[column.kind] ?? sql`text`}`;
  if (column.kind === 'time') {
    const later = sql<boolean>`(${column.sql}, ${sql.ref(`${noun.table}.id`)}) ${descending ? sql`<` : sql`>`} (${bound}, ${id}::uuid)`;
    return always ? later : sql`(${later} or ${column.sql} is null)`;
  }
  return sql`(${column.sql} ${descending ? sql`<` : sql`>`} ${bound} or (${column.sql} = ${bound} and ${ids}) or ${column.sql} is null)`;
};

/** How many there are, up to the limit. */
const countRows = async (db: Kysely<any>, question: Parameters<typeof found>[0]): Promise<number> => {
  const table = sql.table(question.noun.table);
  const ids = found(question, (where) => sql`select ${table}.id from ${table} where ${where} limit ${COUNT_MAX}`);
  const { rows } = await sql<{ n: string }>`
    select count(*) as n from (select from (${ids}) ids limit ${COUNT_MAX}) counted`.execute(db);
  return Number(rows[0]?.n ?? 0);
};

/** One page of the records that the caller may see. */
export const listRecords = async <R>(
  db: Kysely<any>,
  noun: Noun,
  request: ListRequest,
  caller: Caller,
  action = 'read',
): Promise<ListAnswer<R>> => {
  const where = await narrowing(db, noun, caller, request);
  const order = await orderOf(db, noun, caller, request.orderBy);
  const name = `${order.path} ${order.descending ? 'desc' : 'asc'}`;
  const cursor = request.pageToken ? decodeCursor(request.pageToken, name) : undefined;
  const size = pageSize(request.pageSize);
  const question = { noun, caller, action, where, filtered: where.length > 1 };
  const table = sql.table(noun.table);
  const along = order.descending ? sql`desc` : sql`asc`;
  const sorted = (value: RawBuilder<unknown>, id: RawBuilder<unknown>) => sql`
    order by ${value} ${along}${order.always ? sql`` : sql` nulls last`}, ${id} ${along} limit ${size + 1}`;
  const ids = found({ ...question, where: cursor ? [...where, after(noun, order, cursor)] : where }, (condition) => {
    const id = sql`${table}.id`;
    return sql`select ${id}, ${order.column.sql} as sort_value from ${table} where ${condition} ${sorted(order.column.sql, id)}`;
  });
  // The ids first: an index alone may hold all that they are chosen by.
  const first = sql`select * from (${ids}) ids ${sorted(sql`sort_value`, sql`id`)}`;
  const { rows } = await sql<R & { id: string; sort_value: unknown }>`
    select ${table}.*, page.sort_value::text as sort_value from (${first}) page join ${table} on ${table}.id = page.id
    ${sorted(sql`page.sort_value`, sql`page.id`)}`.execute(db);
  const page = rows.slice(0, size);
  const last = rows.length > size ? page.at(-1) : undefined;
  return {
    rows: page,
    nextPageToken: last ? encodeCursor(name, [last.sort_value, last.id]) : '',
    ...(request.count && { totalSize: await countRows(db, question) }),
  };
};
