import { camel } from '@pelagic/chassis/projection';

type Value = Record<string, any>;

/** What a column of a view for SQL shows, read by the interface of records instead. */
export type ColumnTruth = {
  /** Closed to who may not see one of these fields. */
  fields: string[];
  /** Undefined for what no record tells of itself: there only its being there is judged. */
  of?: (value: Value) => unknown;
};

/** Of a view with a row for each part of a record: the field that holds them, the columns that name both, and the parts that there are. */
export type PartsTruth = { field: string; record: string; part: string; of: (value: Value) => Value[] };

export type ViewTruth = { noun: string; columns: Record<string, ColumnTruth>; parts?: PartsTruth };

const ZONE = 'Asia/Shanghai';
/** What ClickHouse has for a date that is none. */
const NO_DAY = '1970-01-01';

const same = (field: string): ColumnTruth => ({ fields: [field], of: (value) => value[field] });
const money = (field: string): ColumnTruth => ({
  fields: [field],
  of: (value) => Number(value[field]?.baseAmount || value[field]?.amount || 0),
});
const instant = (field: string): ColumnTruth => ({
  fields: [field],
  of: (value) => value[field] && new Date(value[field]).toISOString().replace('T', ' ').replace('Z', ''),
});
const dayOf = (field: string): ColumnTruth => ({
  fields: [field],
  of: (value) => value[field] && Temporal.Instant.from(value[field]).toZonedDateTimeISO(ZONE).toPlainDate().toString(),
});
const day = (field: string): ColumnTruth => ({ fields: [field], of: (value) => value[field] || NO_DAY });
/** The day that somebody gave it, or else that of its creation. */
const dayOrCreated = (field: string): ColumnTruth => ({
  fields: [field, 'createTime'],
  of: (value) => value[field] || dayOf('createTime').of?.(value),
});
const untold = (...fields: string[]): ColumnTruth => ({ fields });

const OF_EVERY: Record<string, ColumnTruth> = {
  id: untold(),
  version: untold(),
  owner_id: same('ownerId'),
  department_id: same('departmentId'),
  create_owner_id: untold('ownerId'),
  create_department_id: untold('departmentId'),
  creator_id: same('creatorId'),
  create_time: instant('createTime'),
};
const SETTLED: Record<string, ColumnTruth> = {
  state_date: untold('state'),
  state_owner_id: untold('state', 'ownerId'),
  state_department_id: untold('state', 'departmentId'),
};
const TAGGED: Record<string, ColumnTruth> = { tag_ids: same('tagIds') };
const CREATED: Record<string, ColumnTruth> = { create_date: dayOf('createTime') };

/** Columns named as their fields are, and those that are not so simple. */
const view = (noun: string, plain: string, more: Record<string, ColumnTruth> = {}): ViewTruth => ({
  noun,
  columns: {
    ...OF_EVERY,
    // Of targets nobody puts tags on.
    ...(noun !== 'target' && TAGGED),
    ...Object.fromEntries(plain.split(' ').map((column) => [column, same(camel(column))])),
    ...more,
  },
});

/** Of the contract that a part is of. */
const CONTRACT_OF: Record<string, ColumnTruth> = {
  contract_id: untold(),
  customer_id: same('customerId'),
  owner_id: same('ownerId'),
  department_id: same('departmentId'),
};
/** Who may not read receipts is not told how far a plan is paid. */
const HOW_FAR = untold('amount', 'instalments', 'state', 'receipt.amount', 'receipt.allocations');

/** Every view of records: a new one says here what its columns show, and of which fields they are made. */
export const VIEWS_TELL: Record<string, ViewTruth> = {
  leads: view(
    'lead',
    'number name company state state_reason source industry region customer_id opportunity_id campaign_id',
    { ...CREATED, ...SETTLED },
  ),
  customers: view('customer', 'number name kind industry region size level source parent_id lead_id', CREATED),
  contacts: view('contact', 'number name customer_id decision_role primary', CREATED),
  activities: view('activity', 'kind subject_noun subject_id content', {
    happen_date: dayOf('happenTime'),
    happen_time: instant('happenTime'),
  }),
  campaigns: view('campaign', 'number name kind state', {
    start_date: dayOrCreated('startDate'),
    budget: money('budget'),
    planned_cost: money('plannedCost'),
    actual_cost: money('actualCost'),
  }),
  opportunities: view(
    'opportunity',
    'number name customer_id state pipeline_id stage_id last_stage_id source competitor lost_reason campaign_id lead_id expected_close_date close_date',
    {
      ...{ amount: money('amount'), weighted_amount: untold('amount', 'probability'), create_date: day('createDate') },
      ...SETTLED,
    },
  ),
  contracts: view('contract', 'number name customer_id state', {
    amount: money('amount'),
    sign_date: dayOrCreated('signDate'),
  }),
  contract_products: {
    noun: 'contract',
    parts: {
      ...{ field: 'lines', record: 'contract_id', part: 'product_id' },
      of: ({ lines = [] }) =>
        lines.length
          ? [...new Set((lines as Value[]).map(({ productId }) => productId))].map((id) => ({ id }))
          : [{ id: '' }],
    },
    columns: {
      ...CONTRACT_OF,
      state: same('state'),
      sign_date: dayOrCreated('signDate'),
      product_id: untold('lines'),
      quantity: untold('amount', 'lines'),
      amount: untold('amount', 'lines'),
      list_amount: untold('amount', 'lines'),
    },
  },
  instalments: {
    noun: 'contract',
    parts: {
      ...{ field: 'instalments', record: 'contract_id', part: 'id' },
      of: ({ instalments = [] }) => instalments as Value[],
    },
    columns: {
      ...CONTRACT_OF,
      id: untold('instalments'),
      name: untold('instalments'),
      due_date: untold('instalments'),
      amount: untold('amount', 'instalments'),
      ...Object.fromEntries(['status', 'received', 'outstanding'].map((column) => [column, HOW_FAR])),
    },
  },
  receipts: view('receipt', 'number contract_id customer_id kind method', {
    amount: money('amount'),
    receive_date: day('receiveDate'),
  }),
  targets: view('target', 'measure subject', { month: day('month'), amount: money('amount') }),
  tasks: view('task', 'number name state priority due_date record_noun', {
    in_time: untold('dueDate', 'finishTime'),
    ...CREATED,
    ...SETTLED,
  }),
  tickets: view('ticket', 'number name customer_id queue_id state priority late first_answer_minutes solve_minutes', {
    first_answer_time: instant('firstAnswerTime'),
    solve_date: dayOf('solveTime'),
    ...CREATED,
    ...SETTLED,
  }),
};

/** Who is who and which days there are: of no record, open to everybody who may ask at all but for closed fields. */
export const VIEWS_OF_ALL: readonly string[] = [
  ...['employees', 'departments', 'pipelines', 'queues', 'tags', 'calendar', 'product_categories'],
];

/** The same, for who has a right. */
export const VIEWS_OF_RIGHT: Record<string, string> = { products: 'product.read' };
