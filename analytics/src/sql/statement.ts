import type { Caller } from '@pelagic/chassis/caller';
import { Problem } from '@pelagic/chassis/problem';
import { CUBES } from '../cubes/catalogue.ts';
import type { Directory } from '../directory/directory.ts';
import { bindings } from '../question/bindings.ts';
import type { Compiled } from '../question/compile.ts';
import { NAMES_OF_PARTS } from '../question/parts.ts';
import type { Scoping } from '../question/scope.ts';
import { check, type Known, type Used } from './language/check.ts';
import { parameterName, queryText } from './language/print.ts';
import { parse } from './language/query.ts';
import { shown } from './language/show.ts';
import { SqlRefusal, told as heard } from './language/refusal.ts';
import { weigh } from './language/weight.ts';
import { VIEWS } from './views/catalogue.ts';
import { readableViews, type ReadableView } from './views/readable.ts';
import { SYSTEM_VIEWS } from './views/system.ts';
import { viewSql } from './views/view-sql.ts';

export type Asked = {
  statement: string;
  /** Values of {name:Type}, as ClickHouse's HTTP interface takes them. */
  parameters: Record<string, string>;
};

export type Around = { caller: Caller; directory: Directory; now: Date; database: string };

/** A statement that may run, in the engine's words. */
export type Understood = Compiled & { format: string | undefined; views: string[] };

/** What the conditions of scope are made of. */
const OF_SCOPE = ['deleted', 'share_ids', 'share_ends', 'who', 'until', 'noun', 'state'];

const columnsBehind: ReadonlySet<string> = new Set([
  ...OF_SCOPE,
  ...NAMES_OF_PARTS,
  ...[...VIEWS.values()].flatMap(({ columns }) => Object.keys(columns)),
  ...[...CUBES.values()].flatMap(({ columns }) => Object.keys(columns)),
  ...[...SYSTEM_VIEWS.values()].flatMap(({ columns }) => columns),
]);

const NONE: ReadonlySet<string> = new Set();

const knownTo = (views: ReadonlyMap<string, ReadableView>, database: string): Known => ({
  views: new Map([
    ...[...views].map(([name, { columns, hidden }]) => [name, { columns: new Set(columns.keys()), hidden }] as const),
    ...[...SYSTEM_VIEWS].map(([name, { columns }]) => [name, { columns: new Set(columns), hidden: NONE }] as const),
  ]),
  taken: new Set([...VIEWS.keys(), ...SYSTEM_VIEWS.keys(), database, 'system']),
  takenForValues: columnsBehind,
});

const ESCAPED: Record<string, string> = { t: '\t', n: '\n', r: '\r', b: '\b', f: '\f', '\\': '\\', "'": "'" };

/** Values travel in the form of the tab-separated formats. */
const unescaped = (value: string): string | null =>
  value === '\\N'
    ? null
    : value.replace(/\\(.)/g, (whole, sign: string) => (Object.hasOwn(ESCAPED, sign) ? ESCAPED[sign]! : whole));

const parametersOf = ({ parameters }: Used, given: Record<string, string>): Record<string, string | null> =>
  Object.fromEntries(
    [...parameters.keys()].map((name) => {
      if (!Object.hasOwn(given, name))
        throw new Problem(
          'INVALID_ARGUMENT',
          'SQL_PARAMETER',
          `The parameter ${name} is not given; send it as param_${name}.`,
          {
            params: { what: name },
          },
        );
      return [parameterName(name), unescaped(given[name]!)];
    }),
  );

const understoodFrom = ({ statement, parameters }: Asked, around: Around): Understood => {
  const { caller, directory, now, database } = around;
  const views = readableViews(directory, caller);
  const asked = shown(statement);
  if (asked?.view !== undefined && !views.has(asked.view))
    throw new SqlRefusal('SQL_TABLE', 0, `There is no view ${asked.view} that you may read.`, asked.view);
  const { query, format } = parse(asked?.statement ?? statement);
  const used = check(query, knownTo(views, database));
  weigh(query);
  const bound = bindings();
  const scoping: Scoping & { database: string } = { caller, now, bindings: bound, database, querying: true };
  const told = (name: string): string =>
    SYSTEM_VIEWS.get(name)?.sql([...views.values()], scoping) ?? viewSql(views.get(name)!, scoping);
  const behind = new Map([...used.views].map((name) => [name, told(name)]));
  const text = queryText(query, (name) => behind.get(name));
  return {
    sql: query.kind === 'set' ? `select * from (${text})` : text,
    params: { ...bound.params, ...parametersOf(used, parameters) },
    format,
    views: [...used.views].toSorted(),
  };
};

/** Throws a Problem that says why, and where in the statement. */
export const understand = (asked: Asked, around: Around): Understood => {
  try {
    return understoodFrom(asked, around);
  } catch (error) {
    if (error instanceof SqlRefusal) throw heard(error, asked.statement);
    throw error;
  }
};
