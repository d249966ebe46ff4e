import { choice, computed, dayOf, money, owned, text, tags } from '../facts/column.ts';
import { ALLOCATION_COLUMNS } from '../facts/instalments.ts';
import { BRANCH, byField, CREATED, DEPARTMENT, field, OWNER, type Cube, type Text } from './cube.ts';

const KINDS: Record<string, Text> = {
  RECEIPT_KIND_RECEIPT: { zh: '收款', en: 'Receipt' },
  RECEIPT_KIND_REFUND: { zh: '退款', en: 'Refund' },
  RECEIPT_KIND_REVERSAL: { zh: '冲销', en: 'Reversal' },
};

const METHODS: Record<string, Text> = {
  RECEIPT_METHOD_TRANSFER: { zh: '银行转账', en: 'Bank transfer' },
  RECEIPT_METHOD_CHEQUE: { zh: '支票', en: 'Cheque' },
  RECEIPT_METHOD_CASH: { zh: '现金', en: 'Cash' },
  RECEIPT_METHOD_ONLINE: { zh: '在线支付', en: 'Online payment' },
  RECEIPT_METHOD_OTHER: { zh: '其他', en: 'Other' },
};

const CAME = "f.kind = 'RECEIPT_KIND_RECEIPT'";

/** The day on which the money came or went back: that decides the period. */
const receiveDate = computed('Date32', (state) => field(state, 'receiveDate') || dayOf('createTime').read(state));

export const receipt: Cube = {
  noun: 'receipt',
  label: { zh: '回款', en: 'Receipts' },
  description: {
    zh: '收款、退款与冲销，按回款日期统计，归登记时合同的负责人。',
    en: 'Money that came in and went back, by the day on which it did, credited to who had the contract when it was entered.',
  },
  columns: {
    ...owned('number'),
    tag_ids: tags,
    create_date: receiveDate,
    kind: choice('kind'),
    method: choice('method'),
    contract_id: text('contractId'),
    customer_id: text('customerId'),
    amount: money('amount'),
    ...ALLOCATION_COLUMNS,
  },
  moves: [],
  nameField: 'number',
  changeDate: (state, { sequence, businessdate }) =>
    sequence === '1' ? String(dayOf('createTime').read(state)) : businessdate,
  changeTime: (state, { sequence, time }) => (sequence === '1' && field(state, 'createTime')) || time,
  customer: 'customer_id',
  seenWith: [{ noun: 'contract', key: 'contract_id' }],
  moments: { create: { ...CREATED, label: { zh: '回款日期', en: 'Receive date' }, fields: ['receiveDate'] } },
  measures: {
    entry_count: {
      label: { zh: '回款记录数', en: 'Entries' },
      description: {
        zh: '回款日期在期内的收款、退款与冲销的条数。',
        en: 'Receipts, refunds and reversals of the period.',
      },
      unit: 'count',
      moment: 'create',
      value: '1',
    },
    received_amount: {
      label: { zh: '收款金额', en: 'Received' },
      description: {
        zh: '期内收到的金额之和（本位币），退款与冲销不抵减。',
        en: 'What came in in the period, in the base currency; what went back is not taken off.',
      },
      unit: 'money',
      moment: 'create',
      value: 'f.amount',
      where: CAME,
      fields: ['amount', 'kind'],
    },
    returned_amount: {
      label: { zh: '退款与冲销金额', en: 'Returned' },
      description: {
        zh: '期内退回和冲销的金额之和（本位币）。',
        en: 'What went back in the period, refunds and reversals, in the base currency.',
      },
      unit: 'money',
      moment: 'create',
      value: '-f.amount',
      where: `not (${CAME})`,
      fields: ['amount', 'kind'],
    },
    net_amount: {
      label: { zh: '回款金额', en: 'Net receipts' },
      description: {
        zh: '期内收款减去退款与冲销（本位币）。',
        en: 'What came in in the period less what went back, in the base currency.',
      },
      unit: 'money',
      moment: 'create',
      value: 'f.amount',
      fields: ['amount'],
    },
  },
  dimensions: {
    owner: OWNER,
    department: DEPARTMENT,
    branch: BRANCH,
    customer: byField('customer_id', 'customerId', '客户', 'Customer', 'customer'),
    kind: byField('kind', 'kind', '类别', 'Kind', 'choice', KINDS),
    method: byField('method', 'method', '回款方式', 'Method', 'choice', METHODS),
  },
};
