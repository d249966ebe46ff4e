import { contract } from '@pelagic/proto/contract';
import { isOut, judgeSet, living, mayDo, openAt, plain, sample, type Probe, type Probing } from '../judge.ts';
import type { Thing } from '../organisation.ts';
import { answers } from '../reference.ts';
import { VIEWS_OF_ALL, VIEWS_OF_RIGHT, VIEWS_TELL, type ColumnTruth, type ViewTruth } from '../views.ts';

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

/** What is not theirs to read is not there for them: nor how many parts there are of it. */
const refusalOf = (probing: Probing, { noun, parts }: ViewTruth): string => {
  const asking = mayAsk(probing);
  if (asking !== 'ok') return asking;
  const rights = ['analytics.read', `${noun}.read`].every((right) => mayDo(probing, right));
  return rights && (!parts || openAt(probing, noun, parts.field)) ? 'ok' : 'SQL_TABLE';
};

const columnsOf = ({ noun, columns, parts }: ViewTruth): Record<string, ColumnTruth> => ({
  ...columns,
  ...(!parts &&
    contract.nouns.get(noun)!.custom && {
      custom_tier: { fields: ['custom.tier'], of: ({ custom }) => custom?.tier?.text },
    }),
});

const isClosed = (probing: Probing, noun: string, { fields }: ColumnTruth): boolean =>
  fields.some((field) => !openAt(probing, noun, field));

const openColumns = (probing: Probing, view: ViewTruth): string[] =>
  Object.entries(columnsOf(view))
    .filter(([, column]) => !isClosed(probing, view.noun, column))
    .map(([name]) => name)
    .toSorted();

const recordOf = ({ parts }: ViewTruth, row: Row): string => String(row[parts?.record ?? 'id']);

const judgeRow = (probing: Probing, view: ViewTruth, row: Row): void => {
  const { world, door, decide } = probing;
  const value = world.organisation.values.get(recordOf(view, row)) ?? {};
  for (const [column, { of }] of Object.entries(columnsOf(view)))
    if (of && Object.hasOwn(row, column))
      decide(PATH, door.name, `${view.noun} ${recordOf(view, row)}`, {
        field: column,
        oracle: plain(of(value)),
        product: plain(row[column]),
      });
};

/** Of every record that they see the parts that it has, and no more. */
const judgeParts = (probing: Probing, name: string, { parts }: ViewTruth, things: Thing[], rows: Row[]): void => {
  const { world, door, decide } = probing;
  const byRecord = Map.groupBy(rows, (row) => String(row[parts!.record]));
  for (const { id } of things) {
    const truth = parts!.of(world.organisation.values.get(id) ?? {}).map((part) => String(part['id']));
    decide(PATH, door.name, `${name} of ${id}`, {
      field: 'parts',
      oracle: truth.toSorted().join(' '),
      product: (byRecord.get(id) ?? [])
        .map((row) => String(row[parts!.part]))
        .toSorted()
        .join(' '),
    });
  }
};

/** Every view of records: those rows and columns that are theirs, with what the records hold, and nothing of the rest. */
export const statements: Probe = async (probing) => {
  const { door, decide, world } = probing;
  for (const [name, view] of Object.entries(VIEWS_TELL)) {
    const { verdict, rows } = await say(probing, `select * from ${name}`);
    decide(PATH, door.name, name, { oracle: refusalOf(probing, view), product: verdict });
    if (verdict !== 'ok') continue;
    const theirs = (thing: Parameters<typeof answers>[2]): boolean =>
      answers(world.organisation, door.asker, thing, Date.now());
    const things = living(probing, view.noun).filter(
      ({ id }) => !view.parts || view.parts.of(world.organisation.values.get(id) ?? {}).length > 0,
    );
    judgeSet(PATH, probing, things, theirs, new Set(rows.map((row) => recordOf(view, row))));
    if (view.parts) judgeParts(probing, name, view, things.filter(theirs), rows);
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
    if (refusalOf(probing, view) !== 'ok') continue;
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
      oracle: refusalOf(probing, view) === 'ok' ? openColumns(probing, view).join(' ') : '',
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
  const unknown = views.find(
    ({ name }) =>
      ![VIEWS_TELL, VIEWS_OF_RIGHT].some((known) => Object.hasOwn(known, name)) && !VIEWS_OF_ALL.includes(name),
  );
  if (unknown) throw new Error(`Say in test/oracle/views.ts what the columns of ${unknown.name} show.`);
  for (const [name, right] of Object.entries(VIEWS_OF_RIGHT))
    decide(PATH, door.name, `the list's ${name}`, {
      oracle: mayAsk(probing) === 'ok' && mayDo(probing, right),
      product: views.some((each) => each.name === name),
    });
  for (const [name, view] of Object.entries(VIEWS_TELL)) {
    const listed = views.find((each) => each.name === name);
    decide(PATH, door.name, `the list's ${name}`, {
      oracle: refusalOf(probing, view) === 'ok' ? openColumns(probing, view).join(' ') : 'none',
      product:
        listed?.columns
          .map((column) => column.name)
          .toSorted()
          .join(' ') ?? 'none',
    });
  }
};
