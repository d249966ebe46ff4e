/**
 * What analysts may say, and nothing else: a statement that this cannot hold is refused. The engine never sees what they
 * wrote, only what `print` makes of this.
 */

/** Where something stands in the statement, in characters from its start. */
export type Place = number;

/** A name in parts: `column` or `alias.column`. */
export type Name = { parts: string[]; at: Place };

export type Expression =
  | { kind: 'text'; value: string }
  | { kind: 'number'; value: string }
  | { kind: 'constant'; value: 'null' | 'true' | 'false' }
  | { kind: 'parameter'; name: string; type: TypeName; at: Place }
  | { kind: 'name'; name: Name }
  | { kind: 'everything'; of: Name | undefined; except: string[]; at: Place }
  | { kind: 'unary'; operator: '-' | 'not'; operand: Expression }
  | { kind: 'binary'; operator: string; left: Expression; right: Expression }
  | { kind: 'between'; not: boolean; operand: Expression; low: Expression; high: Expression }
  | { kind: 'isNull'; not: boolean; operand: Expression }
  | { kind: 'in'; not: boolean; operand: Expression; set: Expression[] | Query }
  | { kind: 'exists'; query: Query }
  | { kind: 'subquery'; query: Query }
  | { kind: 'array'; items: Expression[] }
  | { kind: 'tuple'; items: Expression[] }
  | { kind: 'element'; of: Expression; key: Expression }
  | { kind: 'member'; of: Expression; index: string }
  | { kind: 'lambda'; parameters: string[]; body: Expression; at: Place }
  | {
      kind: 'case';
      operand: Expression | undefined;
      branches: [Expression, Expression][];
      otherwise: Expression | undefined;
    }
  | { kind: 'cast'; operand: Expression; type: TypeName }
  | { kind: 'extract'; unit: string; operand: Expression }
  | { kind: 'interval'; amount: Expression; unit: string }
  | Call;

export type Call = {
  kind: 'call';
  /** As the engine spells it. */
  name: string;
  parameters: Expression[] | undefined;
  distinct: boolean;
  arguments: Expression[];
  filter: Expression | undefined;
  over: Window | undefined;
  at: Place;
};

export type TypeName = { name: string; arguments: (TypeName | string)[] };

export type Window = {
  partitionBy: Expression[];
  orderBy: Order[];
  frame: { unit: 'rows' | 'range'; start: string; end: string | undefined } | undefined;
};

export type Order = { by: Expression; descending: boolean; nulls: 'first' | 'last' | undefined };

export type Aliased = { expression: Expression; alias: string | undefined; at: Place };

export type Limit = { count: Expression; offset: Expression | undefined };

export type Table =
  | { kind: 'table'; name: string; alias: string | undefined; at: Place }
  | { kind: 'derived'; query: Query; alias: string | undefined; at: Place };

export type Join =
  | { kind: 'join'; type: string; table: Table; on: Expression | undefined; using: string[]; at: Place }
  | { kind: 'array'; left: boolean; items: Aliased[] };

/** Of a WITH: a query that is named, or a value. */
export type Definition =
  | { kind: 'query'; name: string; query: Query; at: Place }
  | { kind: 'value'; name: string; value: Expression; at: Place };

export type Select = {
  kind: 'select';
  with: Definition[];
  distinct: boolean;
  columns: Aliased[];
  from: Table | undefined;
  joins: Join[];
  where: Expression | undefined;
  groupBy: Expression[] | 'all';
  groupWith: 'rollup' | 'cube' | undefined;
  totals: boolean;
  having: Expression | undefined;
  qualify: Expression | undefined;
  orderBy: Order[] | 'all';
  limitBy: (Limit & { by: Expression[] }) | undefined;
  limit: Limit | undefined;
};

export type Query = Select | { kind: 'set'; operator: string; left: Query; right: Query };

/** A statement: the query, and the format that it asks its answer in. */
export type Statement = { query: Query; format: string | undefined };
