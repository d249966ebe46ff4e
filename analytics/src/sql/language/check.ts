import type { Definition, Expression, Name, Query, Select, Table } from './ast.ts';
import { SqlRefusal } from './refusal.ts';

/** A view as statements may use it. */
export type KnownView = { columns: ReadonlySet<string>; hidden: ReadonlySet<string> };

export type Known = {
  views: ReadonlyMap<string, KnownView>;
  /** Names that the text behind the views is made of; no statement may give them to anything. */
  taken: ReadonlySet<string>;
  /** The same for values of WITH, which are known in every subquery. */
  takenForValues: ReadonlySet<string>;
};

/** Tables of one statement, all its subqueries together. */
const TABLES_MAX = 16;

/** What a statement was found to use. */
export type Used = { views: Set<string>; parameters: Map<string, Extract<Expression, { kind: 'parameter' }>> };

type Look = Used & {
  known: Known;
  names: { name: string; at: number }[];
  given: Set<string>;
  tables: number;
};

type Node = Record<string, unknown>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

const refuseTaken = ({ known }: Look, name: string, at: number, more: ReadonlySet<string> = new Set()): void => {
  if (known.taken.has(name) || more.has(name))
    throw new SqlRefusal(
      'SQL_NAME_TAKEN',
      at,
      `${name} is the name of a view or a column already; choose another one.`,
      name,
    );
};

const lookAtTable = (look: Look, table: Table, defined: ReadonlySet<string>): void => {
  look.tables += 1;
  if (look.tables > TABLES_MAX)
    throw new SqlRefusal('SQL_TOO_LARGE', table.at, `A statement reads from at most ${TABLES_MAX} tables.`);
  if (table.alias !== undefined && (table.kind !== 'table' || table.alias !== table.name))
    refuseTaken(look, table.alias, table.at);
  if (table.kind === 'derived') return;
  const { name, at } = table;
  if (defined.has(name)) return;
  if (!look.known.views.has(name))
    throw new SqlRefusal('SQL_TABLE', at, `There is no view ${name} that you may read.`, name);
  look.views.add(name);
};

const namesIn = (node: unknown): boolean =>
  isNode(node) && (node['kind'] === 'name' || Object.values(node).some((inner) => namesIn(inner)));

/** Whether every pair of rows need not be looked at. */
const hasEquality = (on: Expression): boolean =>
  on.kind === 'binary' &&
  ((on.operator === '=' && namesIn(on.left) && namesIn(on.right)) ||
    (on.operator === 'and' && (hasEquality(on.left) || hasEquality(on.right))));

const isCount = (node: unknown): boolean =>
  isNode(node) && (node['kind'] === 'parameter' || (node['kind'] === 'number' && /^\d+$/.test(String(node['value']))));

const lookAtLimits = ({ limit, limitBy, columns }: Select): void => {
  for (const each of [limit, limitBy])
    for (const count of each ? [each.count, each.offset ?? each.count] : [])
      if (!isCount(count))
        throw new SqlRefusal(
          'SQL_SYNTAX',
          columns[0]!.at,
          'LIMIT and OFFSET take a whole number or a parameter.',
          'LIMIT',
        );
};

const lookAtDefinition = (look: Look, definition: Definition, defined: ReadonlySet<string>): void => {
  const { name, at } = definition;
  if (definition.kind === 'value') {
    refuseTaken(look, name, at, look.known.takenForValues);
    look.given.add(name);
    lookAt(look, definition.value, defined);
  } else {
    refuseTaken(look, name, at);
    lookAt(look, definition.query, defined);
  }
};

const lookAtSelect = (look: Look, select: Select, outside: ReadonlySet<string>): void => {
  const defined = new Set(outside);
  for (const definition of select.with) {
    lookAtDefinition(look, definition, defined);
    if (definition.kind === 'query') defined.add(definition.name);
  }
  lookAtLimits(select);
  for (const [part, node] of Object.entries(select)) if (part !== 'with') lookAt(look, node, defined);
};

const lookAt = (look: Look, node: unknown, defined: ReadonlySet<string>): void => {
  if (Array.isArray(node)) for (const each of node) lookAt(look, each, defined);
  if (!isNode(node) || Array.isArray(node)) return;
  switch (node['kind']) {
    case 'select':
      return lookAtSelect(look, node as unknown as Select, defined);
    case 'table':
    case 'derived':
      lookAtTable(look, node as unknown as Table, defined);
      break;
    case 'join': {
      const { on, at, using } = node as unknown as { on: Expression | undefined; at: number; using: string[] };
      if (on && !hasEquality(on))
        throw new SqlRefusal(
          'SQL_CROSS_JOIN',
          at,
          'The condition of a JOIN needs an equation between columns.',
          'JOIN',
        );
      look.names.push(...using.map((name) => ({ name, at })));
      break;
    }
    case 'name': {
      const { parts, at } = node['name'] as Name;
      look.names.push({ name: parts.at(-1)!, at });
      return;
    }
    case 'lambda':
      for (const name of node['parameters'] as string[]) {
        refuseTaken(look, name, node['at'] as number);
        look.given.add(name);
      }
      break;
    case 'parameter':
      look.parameters.set(String(node['name']), node as unknown as Extract<Expression, { kind: 'parameter' }>);
      return;
  }
  if (typeof node['alias'] === 'string') look.given.add(node['alias']);
  for (const inner of Object.values(node)) lookAt(look, inner, defined);
};

/** A column that the caller's role hides is refused by its name, not called unknown. */
const refuseHidden = ({ views, names, given, known }: Look): void => {
  const used = [...views].map((name) => known.views.get(name)!);
  for (const { name, at } of names)
    if (
      !given.has(name) &&
      used.some(({ hidden }) => hidden.has(name)) &&
      !used.some(({ columns }) => columns.has(name))
    )
      throw new SqlRefusal('SQL_COLUMN_HIDDEN', at, `Your role may not read the column ${name}.`, name);
};

/** Throws SqlRefusal for tables, names and joins that are not allowed; says what the query uses. */
export const check = (query: Query, known: Known): Used => {
  const look: Look = { known, views: new Set(), parameters: new Map(), names: [], given: new Set(), tables: 0 };
  lookAt(look, query, new Set());
  refuseHidden(look);
  return look;
};
