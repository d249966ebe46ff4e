import { quoted } from '../../engine/settings.ts';
import type {
  Aliased,
  Call,
  Definition,
  Expression,
  Join,
  Limit,
  Order,
  Query,
  Select,
  Table,
  TypeName,
  Window,
} from './ast.ts';

/** What stands behind a view's name, as the engine reads it; undefined for a name that the statement gave. */
export type Behind = (view: string) => string | undefined;

type Print<T> = (node: T, behind: Behind) => string;

/** Every name is quoted, so that none is ever taken for a word of the language. */
const named = (name: string): string => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;

export const typeText = ({ name, arguments: inner }: TypeName): string =>
  inner.length
    ? `${name}(${inner.map((each) => (typeof each === 'string' ? each : typeText(each))).join(', ')})`
    : name;

/** A parameter of the statement, apart from those that the views bind. */
export const parameterName = (name: string): string => `asked_${name}`;

const list = <T>(nodes: T[], print: Print<T>, behind: Behind): string =>
  nodes.map((node) => print(node, behind)).join(', ');

const orderText: Print<Order> = ({ by, descending, nulls }, behind) =>
  `${expressionText(by, behind)}${descending ? ' desc' : ''}${nulls ? ` nulls ${nulls}` : ''}`;

const windowText: Print<Window> = ({ partitionBy, orderBy, frame }, behind) => {
  const range =
    frame && (frame.end ? `${frame.unit} between ${frame.start} and ${frame.end}` : `${frame.unit} ${frame.start}`);
  const parts = [
    partitionBy.length && `partition by ${list(partitionBy, expressionText, behind)}`,
    orderBy.length && `order by ${list(orderBy, orderText, behind)}`,
    range,
  ];
  return `(${parts.filter(Boolean).join(' ')})`;
};

const callText: Print<Call> = ({ name, parameters, distinct, arguments: given, filter, over }, behind) => {
  const fixed = parameters ? `(${list(parameters, expressionText, behind)})` : '';
  const kept = filter ? ` filter (where ${expressionText(filter, behind)})` : '';
  const window = over ? ` over ${windowText(over, behind)}` : '';
  return `${name}${fixed}(${distinct ? 'distinct ' : ''}${list(given, expressionText, behind)})${kept}${window}`;
};

type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

const PRINT: { [K in Expression['kind']]: Print<Of<K>> } = {
  text: ({ value }) => quoted(value),
  number: ({ value }) => value,
  constant: ({ value }) => value,
  parameter: ({ name, type }) => `{${parameterName(name)}:${typeText(type)}}`,
  name: ({ name: { parts } }) => parts.map(named).join('.'),
  everything: ({ of, except }) =>
    `${of ? `${of.parts.map(named).join('.')}.` : ''}*${except.length ? ` except (${except.map(named).join(', ')})` : ''}`,
  unary: ({ operator, operand }, behind) => `(${operator} ${expressionText(operand, behind)})`,
  binary: ({ operator, left, right }, behind) =>
    `(${expressionText(left, behind)} ${operator} ${expressionText(right, behind)})`,
  between: ({ not, operand, low, high }, behind) =>
    `(${expressionText(operand, behind)}${not ? ' not' : ''} between ${expressionText(low, behind)} and ${expressionText(high, behind)})`,
  isNull: ({ not, operand }, behind) => `(${expressionText(operand, behind)} is${not ? ' not' : ''} null)`,
  in: ({ not, operand, set }, behind) =>
    `(${expressionText(operand, behind)}${not ? ' not' : ''} in (${Array.isArray(set) ? list(set, expressionText, behind) : queryText(set, behind)}))`,
  exists: ({ query }, behind) => `exists(${queryText(query, behind)})`,
  subquery: ({ query }, behind) => `(${queryText(query, behind)})`,
  array: ({ items }, behind) => `[${list(items, expressionText, behind)}]`,
  tuple: ({ items }, behind) => `tuple(${list(items, expressionText, behind)})`,
  element: ({ of, key }, behind) => `(${expressionText(of, behind)}[${expressionText(key, behind)}])`,
  member: ({ of, index }, behind) => `tupleElement(${expressionText(of, behind)}, ${index})`,
  lambda: ({ parameters, body }, behind) => `(${parameters.map(named).join(', ')}) -> ${expressionText(body, behind)}`,
  case: ({ operand, branches, otherwise }, behind) => {
    const told = branches.map(
      ([when, then]) => ` when ${expressionText(when, behind)} then ${expressionText(then, behind)}`,
    );
    return `(case${operand ? ` ${expressionText(operand, behind)}` : ''}${told.join('')}${otherwise ? ` else ${expressionText(otherwise, behind)}` : ''} end)`;
  },
  cast: ({ operand, type }, behind) => `cast(${expressionText(operand, behind)} as ${typeText(type)})`,
  extract: ({ unit, operand }, behind) => `extract(${unit} from ${expressionText(operand, behind)})`,
  interval: ({ amount, unit }, behind) => `(interval ${expressionText(amount, behind)} ${unit})`,
  call: callText,
};

const expressionText: Print<Expression> = (expression, behind) =>
  (PRINT[expression.kind] as Print<Expression>)(expression, behind);

const aliasedText: Print<Aliased> = ({ expression, alias }, behind) =>
  `${expressionText(expression, behind)}${alias === undefined ? '' : ` as ${named(alias)}`}`;

const definitionText: Print<Definition> = (definition, behind) =>
  definition.kind === 'query'
    ? `${named(definition.name)} as (${queryText(definition.query, behind)})`
    : `${expressionText(definition.value, behind)} as ${named(definition.name)}`;

const tableText: Print<Table> = (table, behind) => {
  const alias = table.alias === undefined ? '' : ` as ${named(table.alias)}`;
  if (table.kind === 'derived') return `(${queryText(table.query, behind)})${alias}`;
  const view = behind(table.name);
  // Columns of a view may be named by it.
  return view === undefined ? `${named(table.name)}${alias}` : `${view}${alias || ` as ${named(table.name)}`}`;
};

const joinText: Print<Join> = (join, behind) => {
  if (join.kind === 'array') return ` ${join.left ? 'left ' : ''}array join ${list(join.items, aliasedText, behind)}`;
  const matched = join.on ? `on ${expressionText(join.on, behind)}` : `using (${join.using.map(named).join(', ')})`;
  return ` ${join.type ? `${join.type} ` : ''}join ${tableText(join.table, behind)} ${matched}`;
};

const limitText: Print<Limit> = ({ count, offset }, behind) =>
  `limit ${expressionText(count, behind)}${offset ? ` offset ${expressionText(offset, behind)}` : ''}`;

const groupText: Print<Select> = ({ groupBy, groupWith, totals }, behind) => {
  const keys = groupBy === 'all' ? 'all' : list(groupBy, expressionText, behind);
  const all = totals ? 'with totals' : '';
  if (!keys) return all;
  return [`group by ${groupWith && groupBy !== 'all' ? `${groupWith}(${keys})` : keys}`, all].filter(Boolean).join(' ');
};

const selectText: Print<Select> = (select, behind) => {
  const { with: definitions, distinct, columns, from, joins, where, having, qualify, orderBy, limitBy, limit } = select;
  const order = orderBy === 'all' ? 'all' : list(orderBy, orderText, behind);
  return [
    definitions.length && `with ${list(definitions, definitionText, behind)}`,
    `select ${distinct ? 'distinct ' : ''}${list(columns, aliasedText, behind)}`,
    from && `from ${tableText(from, behind)}${joins.map((join) => joinText(join, behind)).join('')}`,
    where && `where ${expressionText(where, behind)}`,
    groupText(select, behind),
    having && `having ${expressionText(having, behind)}`,
    qualify && `qualify ${expressionText(qualify, behind)}`,
    order && `order by ${order}`,
    limitBy && `${limitText(limitBy, behind)} by ${list(limitBy.by, expressionText, behind)}`,
    limit && limitText(limit, behind),
  ]
    .filter(Boolean)
    .join(' ');
};

/**
 * The query in the engine's words. It is made of what was understood and of nothing else, so what the engine reads is
 * what was checked.
 */
export const queryText: Print<Query> = (query, behind) =>
  query.kind === 'select'
    ? selectText(query, behind)
    : `(${queryText(query.left, behind)}) ${query.operator} (${queryText(query.right, behind)})`;
