import pg from 'pg';
import type { House } from '../house.ts';

/** Of each pair of rare characters there are so many names; see `rarePair`. */
export const PAIR_OF = 20;
const STATES = ['NEW', 'ASSIGNED', 'CONTACTING', 'QUALIFIED', 'CONVERTED', 'INVALID', 'RECYCLED'];
export const SOURCES = 20;
const SLICE = 50_000;

/** Two characters that only the names of numbers 20·index to 20·index + 19 hold side by side. */
export const rarePair = (index: number): string =>
  String.fromCodePoint(0x6000 + Math.floor(index / 224), 0x7000 + (index % 224));

/** Chance of a row by its number and a salt: the same in every run. */
const draw = (salt: number, below: number | string): string => `(abs(hashint8extended(n, ${salt})) % ${below})::int`;

const state = (prefix: string): string =>
  `(array[${STATES.map((each) => `'${prefix}_STATE_${each}'`).join(',')}])[1 + ${draw(2, STATES.length)}]`;

/** Columns that leads and customers share. Times are spread over two years, in another order than the numbers. */
const COMMON: Record<string, string> = {
  id: `uuidv7(make_interval(secs => -${draw(1, 63_000_000)}))`,
  version: '1',
  name: `(array['海','江','山','林','华','东','中','新'])[1 + ${draw(3, 8)}] || (array['达','远','科','贸'])[1 + ${draw(4, 4)}]
    || chr(24576 + (n / ${PAIR_OF} / 224)::int) || chr(28672 + ((n / ${PAIR_OF}) % 224)::int) || '有限公司'`,
  phones: `array['+86139' || lpad(n::text, 8, '0')]`,
  source: `'source-' || ${draw(5, SOURCES)}`,
  industry: `'industry-' || ${draw(6, 12)}`,
  region: `'region-' || ${draw(7, 30)}`,
  owner_id: `owner.id`,
  department_id: `owner.department_id`,
  create_time: `now() - make_interval(secs => ${draw(1, 63_000_000)})`,
  update_time: `now() - make_interval(secs => ${draw(1, 63_000_000)})`,
  creator_id: `owner.id`,
  search_guarded: `'+86139' || lpad(n::text, 8, '0')`,
};

const NOUNS: Record<string, Record<string, string>> = {
  lead: {
    ...COMMON,
    number: `'LEAD-2025-' || lpad(n::text, 7, '0')`,
    company: `'公司 ' || ${draw(8, 100_000)}`,
    state: state('LEAD'),
  },
  customer: { ...COMMON, number: `'CUST-2025-' || lpad(n::text, 7, '0')`, kind: `'CUSTOMER_KIND_COMPANY'` },
};

/** Drops the indexes that are no constraint while the work runs, and makes them again: ten times as fast for a million rows. */
const withoutIndexes = async (client: pg.Client, table: string, work: () => Promise<void>): Promise<void> => {
  const { rows } = await client.query<{ indexname: string; indexdef: string }>(
    `select indexname, indexdef from pg_indexes where tablename = $1
       and indexname not in (select conname from pg_constraint where conrelid = $1::regclass)`,
    [table],
  );
  for (const { indexname } of rows) await client.query(`drop index ${indexname}`);
  await work();
  await client.query(`set maintenance_work_mem = '512MB'`);
  for (const { indexdef } of rows) await client.query(indexdef);
};

const insert = (noun: string, columns: Record<string, string>, from: number, to: number): string => {
  const words = noun === 'lead' ? `name || e'\\n' || company || e'\\n' || number` : `name || e'\\n' || number`;
  return `
    with made as (select ${Object.entries(columns)
      .map(([column, value]) => `${value} as ${column}`)
      .join(', ')}
      from generate_series(${from}::bigint, ${to}::bigint) n
      join owner on owner.place = abs(hashint8extended(n, 9)) % (select count(*) from owner))
    insert into ${noun} (${Object.keys(columns).join(', ')}, search_open)
    select ${Object.keys(columns).join(', ')}, lower(${words}) from made`;
};

/**
 * Leads or customers straight into their table, the same for the same number: what lists read, without the events and the
 * history that the product's rules would write. A million in a few minutes.
 */
export const makeRecords = async ({ mesh }: House, noun: string, rows: number): Promise<{ rows: number }> => {
  const client = new pg.Client({ connectionString: mesh.databaseUrl('customer') });
  await client.connect();
  try {
    await client.query(`
      create temporary table owner as
      select id, department_id, row_number() over (order by login) - 1 as place from directory_employee where login like 'e%'`);
    await client.query('create unique index on owner (place); analyze owner');
    await client.query(`truncate ${noun} cascade`);
    await withoutIndexes(client, noun, async () => {
      for (let from = 0; from < rows; from += SLICE)
        await client.query(insert(noun, NOUNS[noun]!, from, Math.min(from + SLICE, rows) - 1));
    });
    await client.query(`vacuum analyze ${noun}`);
    return { rows };
  } finally {
    await client.end();
  }
};
