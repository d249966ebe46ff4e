import type { Definition, Query, Select, Table } from './ast.ts';
import { SqlRefusal } from './refusal.ts';

/**
 * How much a statement is once every name that it gives is replaced by what it stands for, as the engine does before any
 * of its limits hold: `with x + x as a, a + a as b, …` doubles with every step.
 */

const WEIGHT_MAX = 50_000;
const WEIGHT_OF_VIEW = 100;

type Weigh = () => number;
/** What names stand for; `tables` those of queries, `values` those of expressions. */
type Scope = { tables: Map<string, number>; values: Map<string, Weigh> };

/** Weighed when it is first met; a name within what it stands for is another one, of the table. */
const lazily = (weigh: Weigh): Weigh => {
  let known: number | undefined;
  let weighing = false;
  return () => {
    if (known !== undefined || weighing) return known ?? 1;
    weighing = true;
    known = weigh();
    weighing = false;
    return known;
  };
};

const within = (weight: number): number => {
  if (weight > WEIGHT_MAX)
    throw new SqlRefusal(
      'SQL_TOO_LARGE',
      0,
      'The statement is too large once its names are replaced by what they stand for.',
    );
  return weight;
};

const isNode = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const ofTable = (table: Table, scope: Scope): number =>
  table.kind === 'table' ? (scope.tables.get(table.name) ?? WEIGHT_OF_VIEW) : ofNode(table.query, scope);

const define = (definition: Definition, scope: Scope): void => {
  if (definition.kind === 'query') scope.tables.set(definition.name, ofNode(definition.query, scope));
  else {
    const { value } = definition;
    const outside = { tables: new Map(scope.tables), values: new Map(scope.values) };
    scope.values.set(
      definition.name,
      lazily(() => ofNode(value, { ...outside, values: scope.values })),
    );
  }
};

const ofSelect = (select: Select, outside: Scope): number => {
  const scope: Scope = { tables: new Map(outside.tables), values: new Map(outside.values) };
  for (const definition of select.with) define(definition, scope);
  for (const { expression, alias } of select.columns)
    if (alias !== undefined)
      scope.values.set(
        alias,
        lazily(() => ofNode(expression, scope)),
      );
  return Object.entries(select).reduce(
    (sum, [part, node]) => within(sum + (part === 'with' ? 0 : ofNode(node, scope))),
    1,
  );
};

const ofNode = (node: unknown, scope: Scope): number => {
  if (!isNode(node)) return 0;
  if (node['kind'] === 'select') return ofSelect(node as unknown as Select, scope);
  if (node['kind'] === 'table' || node['kind'] === 'derived') return within(ofTable(node as unknown as Table, scope));
  if (node['kind'] === 'name') {
    const { parts } = node['name'] as { parts: string[] };
    return within(parts.length === 1 ? (scope.values.get(parts[0]!)?.() ?? 1) : 1);
  }
  return Object.values(node).reduce<number>((sum, inner) => within(sum + ofNode(inner, scope)), 1);
};

/** Throws SqlRefusal when it is too much. */
export const weigh = (query: Query): void => void ofNode(query, { tables: new Map(), values: new Map() });
