import type { Random } from '../random.ts';
import { hostileText } from './hostile.ts';
import type { Pool } from './pool.ts';

/** Statements of analysts: a language within a text, mostly right, sometimes strange. */
type Asking = { random: Random; pool: Pool; words: ReadonlyMap<string, readonly string[]> };

const FUNCTIONS = [
  'count',
  'sum',
  'uniq',
  'toString',
  'length',
  'toStartOfMonth',
  'round',
  'lower',
  'groupArray',
  'lag',
];
/** Never the analysts'. */
const FORBIDDEN = [
  "file('/etc/passwd', 'LineAsString')",
  "url('http://127.0.0.1:1/', 'CSV', 'a String')",
  'system.tables',
  'lead',
  'numbers(1000000000000)',
  "merge(currentDatabase(), '.*')",
];
const LITERALS = [
  '0',
  '-1',
  '1e308',
  "'x'",
  "''",
  'null',
  '[1, 2]',
  "(1, 'a')",
  "date '2026-01-01'",
  '{x:Int64}',
  'true',
];
const OPERATORS = ['+', '-', '*', '/', '%', '=', '!=', '<', 'and', 'or', 'like', 'in', 'is not distinct from', '||'];

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const columnOf = ({ random, words }: Asking): string => random.of(words.get('sqlColumn') ?? ['id']);
const viewOf = ({ random, words }: Asking): string => random.of(words.get('sqlView') ?? ['leads']);

const expression = (asking: Asking, depth = 0): string => {
  const { random } = asking;
  const inner = (): string => expression(asking, depth + 1);
  const kind = depth > 3 ? random.next() / 2 : random.next();
  if (kind < 0.3) return columnOf(asking);
  if (kind < 0.45) return random.of(LITERALS);
  if (kind < 0.5) return quoted(hostileText(random));
  if (kind < 0.7) return `${random.of(FUNCTIONS)}(${inner()})`;
  if (kind < 0.85) return `${inner()} ${random.of(OPERATORS)} ${inner()}`;
  return random.of([
    `if(${inner()}, ${inner()}, ${inner()})`,
    `case when ${inner()} then ${inner()} end`,
    `cast(${inner()} as ${random.of(['String', 'Int8', 'Nullable(Date)', 'Decimal(10, 2)', 'Enum8(1)'])})`,
    `arrayMap(x -> ${inner()}, [${inner()}])`,
    `(select ${inner()} from ${viewOf(asking)} limit 1)`,
    `sum(${inner()}) over (order by ${inner()})`,
    `${inner()} between ${inner()} and ${inner()}`,
  ]);
};

const select = (asking: Asking, depth = 0): string => {
  const { random } = asking;
  const from =
    depth < 2 && random.chance(0.2)
      ? `(${select(asking, depth + 1)})`
      : random.chance(0.06)
        ? random.of(FORBIDDEN)
        : viewOf(asking);
  const maybe = (share: number, text: () => string): string => (random.chance(share) ? ` ${text()}` : '');
  return [
    `select ${random.chance(0.3) ? '*' : `${expression(asking)} as a, ${columnOf(asking)}`} from ${from}`,
    maybe(0.15, () => `join ${viewOf(asking)} as j on j.id = ${columnOf(asking)}`),
    maybe(0.4, () => `where ${expression(asking)}`),
    maybe(0.2, () => `group by ${columnOf(asking)}`),
    maybe(0.2, () => `order by ${expression(asking)} desc`),
    maybe(0.3, () => `limit ${random.below(20)}`),
    maybe(0.1, () => `union all ${depth < 2 ? select(asking, depth + 1) : 'select 1'}`),
  ].join('');
};

/** A plain question, which is always right. */
const plain = (asking: Asking): string => `select count() as n from ${viewOf(asking)}`;

const broken = (random: Random, statement: string): string =>
  random.of([
    () => statement.slice(0, random.below(statement.length + 1)),
    () => statement.replace(' from ', ` ${hostileText(random)} `),
    () => `${statement}; ${statement}`,
    () => `${statement} settings max_threads = 1`,
    () => `${'('.repeat(2_000)}${statement}`,
    () => statement.replace(/ /g, () => random.of([' ', '\n', '/**/', '\u00a0', '--\n'])),
    () => `${statement} format ${random.of(['JSON', 'Native', 'Null', 'Template', 'x'])}`,
    () => hostileText(random),
  ])();

export const statementOf = (asking: Asking): string => {
  const { random } = asking;
  const part = random.next();
  if (part < 0.25) return plain(asking);
  const statement = select(asking);
  return part < 0.75 ? statement : broken(random, statement);
};
