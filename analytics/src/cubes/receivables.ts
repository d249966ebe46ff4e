import type { Measure, Moment } from './cube.ts';

/** Approved, whether or not it is done by now. */
export const AGREED = "f.state in ('CONTRACT_STATE_EFFECTIVE', 'CONTRACT_STATE_COMPLETED')";

/** The day on which an instalment is due. It is for whoever has the contract now to see that it comes. */
export const DUE: Moment = {
  label: { zh: '到期日', en: 'Due date' },
  rows: 'instalments',
  date: 'f.due_date',
  owner: 'f.owner_id',
  department: 'f.department_id',
  where: AGREED,
  fields: ['amount', 'instalments', 'state'],
};

/** Who may not read receipts is not told how far a plan is paid either. */
const PAID = { moment: 'due', behind: { receipt: ['amount', 'allocations'] } };

/** What contracts that hold are to receive by their plans. Sums are at the rate of the contract. */
export const RECEIVABLES: Record<string, Measure> = {
  due_amount: {
    label: { zh: '应收金额', en: 'Due' },
    description: {
      zh: '到期日在期内的各期回款计划之和（本位币），只计生效与已完成的合同，归合同现在的负责人。',
      en: 'Instalments that are due in the period by the plans of contracts that are effective or completed, in the base currency, with who has the contract now.',
    },
    unit: 'money',
    moment: 'due',
    value: 'f.planned',
  },
  paid_amount: {
    label: { zh: '应收已回', en: 'Paid of it' },
    description: {
      zh: '到期日在期内的各期中已核销的回款（本位币，按合同汇率），不论何时收到。',
      en: 'What was received for the instalments that are due in the period, whenever it came, in the base currency at the rate of the contract.',
    },
    unit: 'money',
    value: 'f.received',
    ...PAID,
  },
  outstanding_amount: {
    label: { zh: '待回金额', en: 'Outstanding' },
    description: {
      zh: '应收金额减去应收已回，含尚未到期的。',
      en: 'Due less what was paid of it; what is not due yet is included.',
    },
    unit: 'money',
    value: 'f.planned - f.received',
    ...PAID,
  },
  overdue_amount: {
    label: { zh: '逾期金额', en: 'Overdue' },
    description: {
      zh: '到期日在期内且早于今天的各期中还没有回的金额。',
      en: 'What is outstanding of instalments that were due in the period and before today.',
    },
    unit: 'money',
    value: 'f.planned - f.received',
    where: 'f.late = 1',
    ...PAID,
  },
  overdue_count: {
    label: { zh: '逾期期数', en: 'Overdue instalments' },
    description: {
      zh: '到期日在期内且早于今天、没有收齐的期数。',
      en: 'Instalments that were due in the period and before today and are not paid in full.',
    },
    unit: 'count',
    value: '1',
    where: 'f.late = 1',
    ...PAID,
  },
  collection_rate: {
    label: { zh: '回款率', en: 'Collection rate' },
    description: { zh: '应收已回 ÷ 应收金额。', en: 'Paid ÷ due.' },
    unit: 'percent',
    value: 'f.received',
    per: 'f.planned',
    ...PAID,
  },
};
