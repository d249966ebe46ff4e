import { parseFilter } from '@pelagic/chassis/filter';
import { filterSql, type Column } from '@pelagic/chassis/filter-sql';
import { testDatabase, type TestDatabase } from '@pelagic/chassis/testing/engines';
import fc from 'fast-check';
import pg from 'pg';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { matches, type Held } from './matches.ts';

/** Rows of every kind of column, as a state says them: '' and absent where the column is NULL. */
type Row = {
  name: string;
  amount: string | null;
  state: string | null;
  phones: string[];
  picks: string[] | null;
  date: string | null;
  time: string | null;
  owner: string | null;
  primary: boolean;
};

const TIME_ZONE = 'Asia/Shanghai';
const IDS = ['01890000-0000-7000-8000-000000000001', '01890000-0000-7000-8000-0000000000aa'];
const WORDS = ['', 'Acme', 'acme Ltd', '深海', '深海渔业', 'a%b_c', 'a\\b', 'Zoë', '😀', '￥', 'x'];
const NUMBERS = ['0', '-1', '1.5', '1.50', '10', '9', '123456789012345678.5', '0.0001'];
const DATES = ['2026-03-31', '2026-04-01', '2025-12-31'];
const TIMES = ['2026-03-31T15:59:59.999Z', '2026-03-31T16:00:00.000Z', '2026-03-30T16:00:00.000Z'];
const STATES = ['STATE_NEW', 'STATE_WON'];
const PICKS = ['red', 'green', '深'];

const COLUMNS: Record<keyof Row, Column> = {
  name: { kind: 'text', sql: sql.ref('name') },
  amount: { kind: 'number', sql: sql.ref('amount') },
  state: { kind: 'enum', sql: sql.ref('state'), values: ['STATE_UNSPECIFIED', ...STATES], prefix: 'STATE_' },
  phones: { kind: 'texts', sql: sql.ref('phones') },
  picks: { kind: 'choices', sql: sql.ref('picks') },
  date: { kind: 'date', sql: sql.ref('date') },
  time: { kind: 'time', sql: sql.ref('time') },
  owner: { kind: 'uuid', sql: sql.ref('owner') },
  primary: { kind: 'boolean', sql: sql.ref('primary') },
};

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
const maybe = <T>(values: T[]) => fc.option(fc.constantFrom(...values));

const row: fc.Arbitrary<Row> = fc.record({
  name: fc.constantFrom(...WORDS),
  amount: maybe(NUMBERS),
  state: maybe(STATES),
  phones: fc.uniqueArray(fc.constantFrom(...WORDS.filter(Boolean)), { maxLength: 3 }),
  picks: fc.option(fc.uniqueArray(fc.constantFrom(...PICKS), { minLength: 1 })),
  date: maybe(DATES),
  time: maybe(TIMES),
  owner: maybe(IDS),
  primary: fc.boolean(),
});

const ANY = ['=', '!=', ':', '<', '<=', '>', '>='];
const SAME = ['=', '!=', ':'];
const ask = (field: keyof Row, operators: string[], values: string[]) =>
  fc
    .tuple(fc.constantFrom(...operators), fc.constantFrom(...values))
    .map(([operator, value]) => `${field} ${operator} ${quoted(value)}`);

const condition = fc.oneof(
  ask('name', ANY, WORDS),
  ask('amount', ANY, NUMBERS),
  ask('state', SAME, ['NEW', 'won', 'STATE_WON']),
  ask('phones', SAME, WORDS),
  ask('picks', SAME, PICKS),
  ask('date', ANY, DATES),
  ask('time', ANY, [...TIMES, ...DATES]),
  ask('owner', SAME, [...IDS, IDS[1]!.toUpperCase()]),
  ask('primary', SAME, ['true', 'false']),
  fc
    .constantFrom(...Object.keys(COLUMNS))
    .chain((field) => fc.constantFrom(`${field}:*`, `${field} = ""`, `${field} != ""`)),
);

const { filter } = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small' },
    condition,
    tie('filter').map((inner) => `NOT (${inner})`),
    fc.tuple(tie('filter'), tie('filter')).map(([a, b]) => `(${a}) AND (${b})`),
    fc.tuple(tie('filter'), tie('filter')).map(([a, b]) => `(${a}) OR (${b})`),
    fc.tuple(condition, condition, condition).map((parts) => parts.join(' OR ')),
  ),
}));

let test: TestDatabase;
let db: Kysely<any>;
beforeAll(async () => {
  test = await testDatabase('matches');
  db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: test.url, max: 1 }) }) });
});
afterAll(async () => {
  await db.destroy();
  await test.drop();
});

const heldIn =
  (state: Row) =>
  (field: string): Held | undefined => {
    const column = Object.hasOwn(COLUMNS, field) ? COLUMNS[field as keyof Row] : undefined;
    if (!column) return undefined;
    const { kind, values = [], prefix = '' } = column;
    return { kind, value: state[field as keyof Row] ?? undefined, values, prefix };
  };

const foundBySql = async (state: Row, text: string): Promise<boolean> => {
  const where = filterSql(parseFilter(text)!, {
    column: (field) => COLUMNS[field as keyof Row],
    callerId: '',
    timeZone: TIME_ZONE,
  });
  const { rows } = await sql`
    select from (values (${state.name}::text, ${state.amount}::numeric, ${state.state}::text, ${state.phones}::text[],
      ${state.picks}::text[], ${state.date}::date, ${state.time}::timestamptz, ${state.owner}::uuid, ${state.primary}::boolean))
      as held(name, amount, state, phones, picks, date, time, owner, "primary")
    where ${where}`.execute(db);
  return rows.length === 1;
};

it('answers of a state what PostgreSQL answers of a row', async () => {
  await fc.assert(
    fc.asyncProperty(row, filter, async (state, text) => {
      expect(matches(parseFilter(text)!, { held: heldIn(state), timeZone: TIME_ZONE }), text).toBe(
        await foundBySql(state, text),
      );
    }),
    { numRuns: 1_500 },
  );
}, 60_000);
