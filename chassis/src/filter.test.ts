import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFilter } from './filter.ts';
import { filterSql, type Column } from './filter-sql.ts';
import { Problem } from './problem.ts';

const db = new Kysely<any>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

const COLUMNS: Record<string, Column> = {
  name: { kind: 'text', sql: sql.ref('lead.name') },
  amount: { kind: 'number', sql: sql.ref('lead.amount') },
  state: {
    kind: 'enum',
    sql: sql.ref('lead.state'),
    values: ['LEAD_STATE_UNSPECIFIED', 'LEAD_STATE_NEW', 'LEAD_STATE_ASSIGNED'],
    prefix: 'LEAD_STATE_',
  },
  phones: { kind: 'texts', sql: sql.ref('lead.phones') },
  create_time: { kind: 'time', sql: sql.ref('lead.create_time') },
  owner_id: { kind: 'uuid', sql: sql.ref('lead.owner_id') },
};
const ME = '01890000-0000-7000-8000-000000000001';

const compiled = (text: string) => {
  const filter = parseFilter(text);
  return (
    filter &&
    filterSql(filter, { column: (field) => COLUMNS[field], callerId: ME, timeZone: 'Asia/Shanghai' }).compile(db)
  );
};

describe('a filter', () => {
  it('reads as AIP-160: OR binds closer than AND, juxtaposition is AND, NOT negates', () => {
    expect(parseFilter('a = 1 AND b = 2 OR c = 3')).toEqual({
      all: [
        { field: 'a', operator: '=', value: { text: '1', quoted: false } },
        {
          any: [
            { field: 'b', operator: '=', value: { text: '2', quoted: false } },
            { field: 'c', operator: '=', value: { text: '3', quoted: false } },
          ],
        },
      ],
    });
    expect(parseFilter('NOT (a:"x y")')).toEqual({
      not: { field: 'a', operator: ':', value: { text: 'x y', quoted: true } },
    });
    expect(parseFilter('  ')).toBeUndefined();
  });

  it('binds every value and takes names from the columns alone', () => {
    const { sql: text, parameters } = compiled(`name = "x'; drop table lead" AND amount >= 5`)!;
    expect(text).toBe('("lead"."name" = $1 and "lead"."amount" >= $2::numeric)');
    expect(parameters).toEqual(["x'; drop table lead", '5']);
  });

  it('makes one `in` of alternatives of a field', () => {
    expect(compiled('state = NEW OR state = ASSIGNED')?.sql).toBe('"lead"."state" in ($1, $2)');
    expect(compiled('state = NEW OR state = ASSIGNED')?.parameters).toEqual(['LEAD_STATE_NEW', 'LEAD_STATE_ASSIGNED']);
  });

  it('takes a date as the whole day in the enterprise zone', () => {
    expect(compiled('create_time <= "2026-03-31"')?.parameters).toEqual(['2026-03-31T16:00:00.000Z']);
    expect(compiled('create_time = "2026-03-31"')?.parameters).toEqual([
      '2026-03-30T16:00:00.000Z',
      '2026-03-31T16:00:00.000Z',
    ]);
  });

  it('knows me() and presence, and escapes what LIKE would read', () => {
    expect(compiled('owner_id = me()')?.parameters).toEqual([ME]);
    expect(compiled('phones:*')?.sql).toBe('coalesce(cardinality("lead"."phones"), 0) > 0');
    expect(compiled('name:"50%_"')?.parameters).toEqual(['%50\\%\\_%']);
  });

  it.each([
    ['secret = 1', 'UNKNOWN_FIELD'],
    ['amount = many', 'NOT_A_NUMBER'],
    ['state = GONE', 'UNKNOWN_VALUE'],
    ['state > NEW', 'BAD_COMPARISON'],
    ['owner_id = 1', 'NOT_AN_ID'],
    ['create_time > never', 'NOT_A_TIME'],
    ['create_time = "0001-01-01"', 'NOT_A_TIME'],
    ['create_time = "9999-12-31"', 'NOT_A_TIME'],
    ['create_time = "-000001-01-01T00:00:00Z"', 'NOT_A_TIME'],
    ['create_time = "275760-09-13"', 'NOT_A_TIME'],
    ['name = sleep(9)', 'UNKNOWN_FUNCTION'],
    ['name =', 'BAD_FILTER'],
    ['(name = a', 'BAD_FILTER'],
    [`${'('.repeat(30)}name = a${')'.repeat(30)}`, 'BAD_FILTER'],
    [Array.from({ length: 300 }, () => 'name = a').join(' AND '), 'BAD_FILTER'],
  ])('refuses %s', (text, reason) => {
    expect(() => compiled(text)).toThrow(
      expect.objectContaining({ fields: [expect.objectContaining({ field: 'filter', reason })] }),
    );
  });

  it('never fails but by a field error, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        try {
          compiled(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      }),
      { numRuns: 500 },
    );
  });
});
