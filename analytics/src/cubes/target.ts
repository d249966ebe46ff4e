import { choice, computed, money, owned } from '../facts/column.ts';
import { BRANCH, byField, DEPARTMENT, field, OWNER, type Cube, type Measure, type Text } from './cube.ts';

const SUBJECTS: Record<string, Text> = {
  TARGET_SUBJECT_PERSON: { zh: '个人', en: 'Person' },
  TARGET_SUBJECT_DEPARTMENT: { zh: '部门', en: 'Department' },
};

const MEASURES: Record<string, Text> = {
  TARGET_MEASURE_CONTRACT_AMOUNT: { zh: '合同金额', en: 'Contract amount' },
  TARGET_MEASURE_RECEIPTS: { zh: '回款', en: 'Receipts' },
};

/** First day of the month: a period that holds it holds the target. */
const month = computed('Date32', (state) => field(state, 'month') || '1970-01-01');

/** Sums of contracts and of receipts are never one: each has a measure of its own, and so have people and departments. */
const sum = (measure: string, subject: string, label: Text, description: Text): Measure => ({
  label,
  description,
  unit: 'money',
  moment: 'month',
  value: 'f.amount',
  where: `f.measure = 'TARGET_MEASURE_${measure}' and f.subject = 'TARGET_SUBJECT_${subject}'`,
  fields: ['amount', 'measure', 'subject'],
});

export const target: Cube = {
  noun: 'target',
  label: { zh: '业绩目标', en: 'Targets' },
  description: {
    zh: '个人与部门每月的目标，按月份首日统计。完成率 = 合同金额（或回款金额）÷ 目标；进度 = 完成额 ÷ 截至今天应完成的目标，过去的月份计全额，本月按已过的自然日折算，以后的月份不计。没有目标不等于目标为 0。',
    en: 'What people and departments are to bring in, by the first day of the month. Completion is the contract amount (or net receipts) ÷ the target; pace is the same ÷ what of the target should be there by today: past months in full, the month of today by the calendar days that have begun, later months not at all. No target is not a target of 0.',
  },
  columns: {
    ...owned('month'),
    create_date: month,
    measure: choice('measure'),
    subject: choice('subject'),
    subject_id: computed('String', (state) => field(state, 'ownerId') || field(state, 'departmentId')),
    amount: money('amount'),
  },
  moves: [],
  nameField: 'month',
  changeDate: (_, { businessdate }) => businessdate,
  changeTime: (_, { time }) => time,
  moments: {
    // A person who moved takes along what was to come then: credit goes by where a target is now.
    month: {
      label: { zh: '月份', en: 'Month' },
      rows: 'facts',
      date: 'f.create_date',
      owner: 'f.owner_id',
      department: 'f.department_id',
      fields: ['month'],
    },
  },
  measures: {
    target_count: {
      label: { zh: '目标数', en: 'Targets' },
      description: { zh: '期内各月的目标个数。', en: 'Targets of the months in the period.' },
      unit: 'count',
      moment: 'month',
      value: '1',
    },
    person_contract_target: sum(
      'CONTRACT_AMOUNT',
      'PERSON',
      { zh: '个人合同目标', en: 'Contract targets of people' },
      {
        zh: '期内各月个人合同金额目标之和（本位币）。',
        en: 'Contract amount that people are to bring in, in the base currency.',
      },
    ),
    person_receipt_target: sum(
      'RECEIPTS',
      'PERSON',
      { zh: '个人回款目标', en: 'Receipt targets of people' },
      {
        zh: '期内各月个人回款目标之和（本位币）。',
        en: 'Net receipts that people are to bring in, in the base currency.',
      },
    ),
    department_contract_target: sum(
      'CONTRACT_AMOUNT',
      'DEPARTMENT',
      { zh: '部门合同目标', en: 'Contract targets of departments' },
      {
        zh: '期内各月部门合同金额目标之和（本位币）；每个部门的目标含其下级，请按部门查看，勿跨级相加。',
        en: 'Contract amount that departments are to bring in, in the base currency. That of a department includes those below it: cut it by department, and do not add up levels.',
      },
    ),
    department_receipt_target: sum(
      'RECEIPTS',
      'DEPARTMENT',
      { zh: '部门回款目标', en: 'Receipt targets of departments' },
      {
        zh: '期内各月部门回款目标之和（本位币）；每个部门的目标含其下级，请按部门查看，勿跨级相加。',
        en: 'Net receipts that departments are to bring in, in the base currency. That of a department includes those below it: cut it by department, and do not add up levels.',
      },
    ),
  },
  dimensions: {
    owner: OWNER,
    department: DEPARTMENT,
    branch: BRANCH,
    subject: byField('subject', 'subject', '对象', 'Subject', 'choice', SUBJECTS),
    measure: byField('measure', 'measure', '指标', 'Measure', 'choice', MEASURES),
  },
};
