import { contract } from '@pelagic/proto/contract';
import { isOut, judgeSet, living, mayDo, open, plain, sample, type Probe, type Probing } from '../judge.ts';
import { answers } from '../reference.ts';
import { VIEWS_OF_ALL, VIEWS_TELL, type ColumnTruth, type ViewTruth } from '../views.ts';

const PATH = 'statements';
const AT = '/v1/analytics/sql';

type Row = Record<string, unknown>;
type Said = { verdict: string; rows: Row[] };

/** What a statement answers, as ClickHouse's clients read it; or why it is refused. */
const say = async ({ door }: Probing, statement: string): Promise<Said> => {
  const query = `default_format=JSONEachRow&query=${encodeURIComponent(statement)}`;
  const { status, headers, text } = await door.read(`${AT}?${query}`);
  if (status === 401) return { verdict: 'signed out', rows: [] };
  if (status !== 200) return { verdict: headers.get('x-pelagic-reason') ?? String(status), rows: [] };
  return {
    verdict: 'ok',
    rows: text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row),
  };
};

const mayAsk = (probing: Probing): string => {
  if (isOut(probing)) return 'signed out';
  return mayDo(probing, 'analytics.query') ? 'ok' : 'PERMISSION_DENIED';
};

/** What is not theirs to read is not there for them. */
const refusalOf = (probing: Probing, noun: string): string => {
  const asking = mayAsk(probing);
  if (asking !== 'ok') return asking;
  return mayDo(probing, 'analytics.read') && mayDo(probing, `${noun}.read`) ? 'ok' : 'SQL_TABLE';
};

const columnsOf = ({ noun, columns }: ViewTruth): Record<string, ColumnTruth> => ({
  ...columns,
  ...(contract.nouns.get(noun)!.custom && {
    custom_tier: { fields: ['custom.tier'], of: ({ custom }) => custom?.tier?.text },
  }),
});

const isClosed = (probing: Probing, noun: string, { fields }: ColumnTruth): boolean =>
  fields.some((field) => !open(probing, noun, field));

const openColumns = (probing: Probing, view: ViewTruth): string[] =>
  Object.entries(columnsOf(view))
    .filter(([, column]) => !isClosed(probing, view.noun, column))
    .map(([name]) => name)
    .toSorted();

const judgeRow = (probing: Probing, view: ViewTruth, row: Row): void => {
  const { world, door, decide } = probing;
  const value = world.organisation.values.get(String(row['id'])) ?? {};
  for (const [column, { of }] of Object.entries(columnsOf(view)))
    if (of && Object.hasOwn(row, column))
      decide(PATH, door.name, `${view.noun} ${String(row['id'])}`, {
        field: column,
        oracle: plain(of(value)),
        product: plain(row[column]),
      });
};

/** Every view of records: those rows and columns that are theirs, with what the records hold, and nothing of the rest. */
export const statements: Probe = async (probing) => {
  const { door, decide, world } = probing;
  for (const [name, view] of Object.entries(VIEWS_TELL)) {
    const { verdict, rows } = await say(probing, `select * from ${name}`);
    decide(PATH, door.name, name, { oracle: refusalOf(probing, view.noun), product: verdict });
    if (verdict !== 'ok') continue;
    const theirs = (thing: Parameters<typeof answers>[2]): boolean =>
      answers(world.organisation, door.asker, thing, Date.now());
    judgeSet(PATH, probing, living(probing, view.noun), theirs, new Set(rows.map(({ id }) => String(id))));
    for (const row of rows) judgeRow(probing, view, row);
    if (rows[0])
      decide(PATH, door.name, name, {
        field: 'columns',
        oracle: openColumns(probing, view).join(' '),
        product: Object.keys(rows[0]).toSorted().join(' '),
      });
  }
};

/** Ways to come by a column, each with a place for its name. */
const WAYS = [
  (view: string, column: string) => `select ${column} from ${view}`,
  (view: string, column: string) => `select count() from ${view} as v where toString(v.${column}) != ''`,
  (view: string, column: string) => `select 1 from ${view} order by ${column}`,
  (view: string, column: string) => `with a as (select * from ${view}) select max(a.${column}) from a`,
  (view: string, column: string) => `select uniq(x) from (select \`${column}\` as x from ${view})`,
];

/** A closed column is none, however it is asked by. */
export const closedColumns: Probe = async (probing) => {
  const { door, decide, random } = probing;
  for (const [name, view] of Object.entries(VIEWS_TELL)) {
    if (refusalOf(probing, view.noun) !== 'ok') continue;
    const closed = Object.entries(columnsOf(view)).filter(([, column]) => isClosed(probing, view.noun, column));
    for (const [column] of sample(probing, closed, 2)) {
      const statement = random.of(WAYS)(name, column);
      const { verdict } = await say(probing, statement);
      decide(PATH, door.name, statement, { oracle: 'refused', product: verdict === 'ok' ? 'ok' : 'refused' });
    }
  }
};

/** What tools look up about tables is what the caller may read, and no word of the rest. */
export const lookedUp: Probe = async (probing) => {
  const { door, decide } = probing;
  const { verdict, rows } = await say(probing, 'select table, name from system.columns order by name');
  decide(PATH, door.name, 'system.columns', { oracle: mayAsk(probing), product: verdict });
  if (verdict !== 'ok') return;
  for (const [name, view] of Object.entries(VIEWS_TELL))
    decide(PATH, door.name, `system.columns of ${name}`, {
      oracle: refusalOf(probing, view.noun) === 'ok' ? openColumns(probing, view).join(' ') : '',
      product: rows
        .filter(({ table }) => table === name)
        .map((row) => String(row['name']))
        .toSorted()
        .join(' '),
    });
};

/** The list of views says what a statement would find. */
export const viewLists: Probe = async (probing) => {
  const { door, decide } = probing;
  const { status, body } = await door.rest('GET', `${AT}/views`);
  if (status !== 200) return;
  const views = body.views as { name: string; columns: { name: string }[] }[];
  const unknown = views.find(({ name }) => !Object.hasOwn(VIEWS_TELL, name) && !VIEWS_OF_ALL.includes(name));
  if (unknown) throw new Error(`Say in test/oracle/views.ts what the columns of ${unknown.name} show.`);
  for (const [name, view] of Object.entries(VIEWS_TELL)) {
    const listed = views.find((each) => each.name === name);
    decide(PATH, door.name, `the list's ${name}`, {
      oracle: refusalOf(probing, view.noun) === 'ok' ? openColumns(probing, view).join(' ') : 'none',
      product:
        listed?.columns
          .map((column) => column.name)
          .toSorted()
          .join(' ') ?? 'none',
    });
  }
};
