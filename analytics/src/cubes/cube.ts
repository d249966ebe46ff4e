import type { EventEnvelope } from '@pelagic/chassis/outbox';
import type { Column, State } from '../facts/column.ts';

export type Text = { zh: string; en: string };

export type Unit = 'count' | 'money' | 'percent' | 'days' | 'hours';

/**
 * Rows that figures are summed over: `facts`, a row for each record in its last state; `stock`, a row for each record as
 * it stood at the end of a period (`period_end`); `enters` and `leaves`, the movements into and out of a step; `products`, a row for each
 * product that a record in its last state names (`f.product`, and what of it is of that product); `instalments`, a row for
 * each instalment of its receipt plan (`f.due_date`, `f.planned`, `f.received`, `f.late`).
 */
export type Rows = 'facts' | 'products' | 'instalments' | 'stock' | 'enters' | 'leaves';

/**
 * What a measure counts by: the date that decides its period, and who had the record then. SQL over `f`, the fact, and
 * `m`, the movement.
 */
export type Moment = {
  label: Text;
  rows: Rows;
  date: string;
  owner: string;
  department: string;
  where?: string;
  /** Fields that decide it: a reader of its figures must be allowed to read them. */
  fields?: string[];
};

/**
 * A figure: the sum of `value` over the records of `where`, divided by the sum of `per` when it is a ratio. SQL over `f`,
 * the fact, and `m`, the movement, in measures of stock.
 */
export type Measure = {
  label: Text;
  description: Text;
  unit: Unit;
  moment: string;
  value: string;
  where?: string;
  per?: string;
  /** Fields that a reader of the figure must be allowed to read. */
  fields?: string[];
  behind?: Behind;
};

/** Fields of other nouns that something is made of: its reader must be allowed to read those nouns and these of their fields. */
export type Behind = Record<string, string[]>;

export type DimensionKind =
  | 'text'
  | 'choice'
  | 'choices'
  | 'employee'
  | 'department'
  | 'stage'
  | 'pipeline'
  | 'customer'
  | 'campaign'
  | 'queue'
  | 'product'
  | 'product_category';

export type Dimension = {
  label: Text;
  description: Text;
  kind: DimensionKind;
  /**
   * `fact`: a column of the fact; `movement`: in measures of stock that of the movement; `customer`: a column of the
   * record's customer, blank where the reader may not see it; `product`: the products that the record names, or what they
   * are filed under now; `credit`: who is credited; `branch`: the credited department's place below the chosen one.
   */
  from: 'fact' | 'movement' | 'customer' | 'product' | 'credit' | 'branch';
  column: string;
  /** Field of the noun (of the customer) that must be readable; none for what is always seen. */
  field?: string;
  /** A right that is needed besides. */
  permission?: string;
  values?: Record<string, Text>;
};

/** What a record passes through. Values of the column `step`. */
export type Steps = {
  /** In order, the goal last; those of opportunities are the stages of their pipeline, then the goal. */
  keys: string[] | { ofPipeline: true; goal: string };
  /** Where it ends without reaching the goal. */
  drops: string[];
  /** Ends that say it never was one: shown, but not counted as having been there. */
  excluded: string[];
  /** Field that the steps are values of; who may not read it gets no funnel. */
  field: string;
  /** Says why a record ended. */
  reason: { column: string; field: string };
  labels: Record<string, Text>;
};

/** A record is seen with another: whose scope columns decide. */
export type SeenWith = { noun: string; key: string; where?: string };

/** All that analytics knows about a noun, in one place: its columns, figures and how they may be cut. */
export type Cube = {
  noun: string;
  label: Text;
  description: Text;
  /** By column name; those named by `moves` also stand in each of the record's movements. */
  columns: Record<string, Column>;
  moves: string[];
  /** Business date of a change. */
  changeDate: (state: State, event: Pick<EventEnvelope, 'sequence' | 'businessdate'>) => string;
  /** When the change took place, RFC 3339; history that is brought in says so itself. */
  changeTime: (state: State, event: Pick<EventEnvelope, 'sequence' | 'time' | 'imported'>) => string;
  /** History may come in already closed: the state that it must have been opened in, with the date. */
  opening?: (state: State) => { state: State; date: string; time: string } | undefined;
  /** Field that `name` is made of, when it is another; hidden with it. */
  nameField?: string;
  seenWith?: SeenWith[];
  /** Column of the customer that the record belongs to. */
  customer?: string;
  moments: Record<string, Moment>;
  measures: Record<string, Measure>;
  dimensions: Record<string, Dimension>;
  steps?: Steps;
};

export const field = (state: State, name: string): string => (typeof state[name] === 'string' ? state[name] : '');

export const OWNER: Dimension = {
  label: { zh: '负责人', en: 'Owner' },
  description: {
    zh: '当时的负责人：新建时、成交时，或期末时。',
    en: 'Who had it then: when it was created, closed, or at the end of the period.',
  },
  kind: 'employee',
  from: 'credit',
  column: 'owner',
  field: 'ownerId',
};

export const DEPARTMENT: Dimension = {
  label: { zh: '部门', en: 'Department' },
  description: {
    zh: '当时负责人所在的部门，不含下级。',
    en: 'The department it belonged to then, without those below it.',
  },
  kind: 'department',
  from: 'credit',
  column: 'department',
  field: 'departmentId',
};

export const BRANCH: Dimension = {
  label: { zh: '下级部门', en: 'Branch' },
  description: {
    zh: '所选部门（未选时为最上级）的直接下级，含其所有下级；按业务日期当天的组织树，可改按今天的组织树。',
    en: 'The departments directly below the chosen one (the top one when none is chosen), each with all below it; by the tree that held on the business date, or by today’s.',
  },
  kind: 'department',
  from: 'branch',
  column: 'department',
  field: 'departmentId',
};

/** A field of the noun as a dimension. */
export const byField = (
  column: string,
  fieldName: string,
  zh: string,
  en: string,
  kind: DimensionKind = 'choice',
  values?: Record<string, Text>,
): Dimension => ({
  label: { zh, en },
  description: { zh: `${zh}，取记录的现值。`, en: `${en}, as the record has it now.` },
  kind,
  from: 'fact',
  column,
  field: fieldName,
  ...(values && { values }),
});

/** A field of the record's customer as a dimension. */
export const byCustomer = (column: string, fieldName: string, zh: string, en: string): Dimension => ({
  label: { zh, en },
  description: {
    zh: `所属客户的${zh.replace('客户', '')}，取现值；看不到的客户为空。`,
    en: `${en}, as the customer has it now; blank for customers that you may not see.`,
  },
  kind: 'choice',
  from: 'customer',
  column,
  field: fieldName,
});

/** Of a noun whose records belong to a customer. */
export const CUSTOMERS: Record<string, Dimension> = {
  customer_industry: byCustomer('industry', 'industry', '客户行业', 'Customer industry'),
  customer_region: byCustomer('region', 'region', '客户区域', 'Customer region'),
  customer_level: byCustomer('level', 'level', '客户级别', 'Customer level'),
  customer_source: byCustomer('source', 'source', '客户来源', 'Customer source'),
  customer_size: byCustomer('size', 'size', '客户规模', 'Customer size'),
};

const byProduct = (kind: 'product' | 'product_category', label: Text, description: Text): Dimension => ({
  ...{ label, description, kind, from: 'product', column: 'product_ids', field: 'lines' },
  permission: 'product.read',
});

/** Of a noun with `PRODUCT_COLUMNS`. */
export const PRODUCTS: Record<string, Dimension> = {
  product: byProduct(
    'product',
    { zh: '产品', en: 'Product' },
    {
      zh: '产品行中的产品，没有产品行的归入空值。一条记录含几种产品，按记录计的指标就在每种产品下各计一次；按产品计的金额不会重复。',
      en: 'The products of its lines; blank where there are none. What counts records counts one under each of its products; sums by product hold nothing twice.',
    },
  ),
  product_category: byProduct(
    'product_category',
    { zh: '产品分类', en: 'Product category' },
    {
      zh: '产品现在所属的分类，不含上级分类。',
      en: 'What the products are filed under now, without the categories above it.',
    },
  ),
};

export const CREATED: Moment = {
  label: { zh: '创建日期', en: 'Date of creation' },
  rows: 'facts',
  date: 'f.create_date',
  owner: 'f.create_owner_id',
  department: 'f.create_department_id',
};

/** What stands in some states at the end of a period: as the movements had it on its last day. */
export const standing = (where: string): Moment => ({
  label: { zh: '期末', en: 'End of the period' },
  rows: 'stock',
  date: 'period_end',
  owner: 'm.owner_id',
  department: 'm.department_id',
  where,
  fields: ['state'],
});

/** When a step was entered or left. */
export const moving = (rows: 'enters' | 'leaves'): Moment => ({
  label: { zh: '变更日期', en: 'Date of the move' },
  rows,
  date: rows === 'enters' ? 'm.date' : 'm.until',
  owner: 'm.owner_id',
  department: 'm.department_id',
});
