import { choice, computed, dayOf, money, owned, tags, text } from '../facts/column.ts';
import { PLAN_COLUMNS } from '../facts/instalments.ts';
import { PRODUCT_COLUMNS } from '../facts/product-lines.ts';
import { AGREED, DUE, RECEIVABLES } from './receivables.ts';
import {
  BRANCH,
  byField,
  CREATED,
  CUSTOMERS,
  DEPARTMENT,
  field,
  OWNER,
  PRODUCTS,
  type Cube,
  type Moment,
  type Text,
} from './cube.ts';

const STATES: Record<string, Text> = {
  CONTRACT_STATE_DRAFT: { zh: '草稿', en: 'Draft' },
  CONTRACT_STATE_IN_APPROVAL: { zh: '审批中', en: 'In approval' },
  CONTRACT_STATE_EFFECTIVE: { zh: '已生效', en: 'Effective' },
  CONTRACT_STATE_COMPLETED: { zh: '已完成', en: 'Completed' },
  CONTRACT_STATE_VOID: { zh: '已作废', en: 'Void' },
};

/** The day from which it counts: that on which it was signed, or else that on which it was drafted. */
const signDate = computed('Date32', (state) => field(state, 'signDate') || dayOf('createTime').read(state));

const SIGNED: Moment = { ...CREATED, label: { zh: '签订日期', en: 'Sign date' }, fields: ['signDate'] };

/** What every figure by product is made of. */
const SOLD = { moment: 'sale', where: AGREED, fields: ['amount', 'lines', 'state'] };

export const contract: Cube = {
  noun: 'contract',
  label: { zh: '合同', en: 'Contracts' },
  description: {
    zh: '合同的数量与金额，按签订日期统计。',
    en: 'How many contracts there were and what they came to, by the day on which they were signed.',
  },
  columns: {
    ...owned('name'),
    tag_ids: tags,
    create_date: signDate,
    state: choice('state'),
    customer_id: text('customerId'),
    amount: money('amount'),
    ...PRODUCT_COLUMNS,
    ...PLAN_COLUMNS,
  },
  moves: [],
  changeDate: (state, { sequence, businessdate }) =>
    sequence === '1' ? String(dayOf('createTime').read(state)) : businessdate,
  changeTime: (state, { sequence, time }) => (sequence === '1' && field(state, 'createTime')) || time,
  customer: 'customer_id',
  moments: { create: SIGNED, sale: { ...SIGNED, rows: 'products' }, due: DUE },
  measures: {
    new_count: {
      label: { zh: '合同数', en: 'Contracts' },
      description: {
        zh: '签订日期在期内的合同数，草稿与已作废的也计入；未填签订日期的按创建日期。',
        en: 'Contracts signed in the period, drafts and void ones included; those without a sign date by the day they were drafted.',
      },
      unit: 'count',
      moment: 'create',
      value: '1',
    },
    agreed_count: {
      label: { zh: '生效合同数', en: 'Agreed contracts' },
      description: {
        zh: '签订日期在期内、已生效或已完成的合同数。',
        en: 'Contracts signed in the period that are effective or completed.',
      },
      unit: 'count',
      moment: 'create',
      value: '1',
      where: AGREED,
      fields: ['state'],
    },
    agreed_amount: {
      label: { zh: '合同金额', en: 'Contract amount' },
      description: {
        zh: '签订日期在期内、已生效或已完成的合同金额之和（本位币）。',
        en: 'Sum of the contracts signed in the period that are effective or completed, in the base currency.',
      },
      unit: 'money',
      moment: 'create',
      value: 'f.amount',
      where: AGREED,
      fields: ['amount', 'state'],
    },
    sold_amount: {
      label: { zh: '产品销售额', en: 'Sales by product' },
      description: {
        zh: '生效合同中各产品的金额（本位币），整单折扣按行金额分摊；合计即合同金额。',
        en: 'What the products of agreed contracts come to, in the base currency, a discount on the whole spread over the lines; together it is the contract amount.',
      },
      unit: 'money',
      value: 'f.product_amount',
      ...SOLD,
    },
    sold_quantity: {
      label: { zh: '销售数量', en: 'Quantity sold' },
      description: {
        zh: '生效合同中产品的数量之和，单位各随产品。',
        en: 'How much of the products agreed contracts name, in the unit of each product.',
      },
      unit: 'count',
      value: 'f.product_quantity',
      ...SOLD,
    },
    average_price: {
      label: { zh: '平均成交单价', en: 'Average price' },
      description: { zh: '产品销售额 ÷ 销售数量。', en: 'Sales by product ÷ quantity sold.' },
      unit: 'money',
      value: 'f.product_amount',
      per: 'f.product_quantity',
      ...SOLD,
      where: `${AGREED} and f.product_quantity != 0`,
    },
    discount_amount: {
      label: { zh: '折扣让利', en: 'Discount given' },
      description: {
        zh: '生效合同中产品折前金额（数量 × 单价）减去产品销售额（本位币）。',
        en: 'Quantity × price of the products of agreed contracts less their sales, in the base currency.',
      },
      unit: 'money',
      value: 'f.product_list_amount - f.product_amount',
      ...SOLD,
    },
    realisation_rate: {
      label: { zh: '价格实现率', en: 'Price realisation' },
      description: {
        zh: '产品销售额 ÷ 折前金额（数量 × 单价）。',
        en: 'Sales by product ÷ quantity × price before all discounts.',
      },
      unit: 'percent',
      value: 'f.product_amount',
      per: 'f.product_list_amount',
      ...SOLD,
    },
    ...RECEIVABLES,
  },
  dimensions: {
    owner: OWNER,
    department: DEPARTMENT,
    branch: BRANCH,
    state: byField('state', 'state', '状态', 'State', 'choice', STATES),
    customer: byField('customer_id', 'customerId', '客户', 'Customer', 'customer'),
    ...PRODUCTS,
    ...CUSTOMERS,
  },
};
