import { choice, computed, dayOf, money, owned, tags } from '../facts/column.ts';
import { BRANCH, byField, CREATED, DEPARTMENT, field, OWNER, type Cube, type Text } from './cube.ts';

const STATES: Record<string, Text> = {
  CAMPAIGN_STATE_PLANNED: { zh: '计划中', en: 'Planned' },
  CAMPAIGN_STATE_RUNNING: { zh: '进行中', en: 'Running' },
  CAMPAIGN_STATE_PAUSED: { zh: '已暂停', en: 'Paused' },
  CAMPAIGN_STATE_DONE: { zh: '已结束', en: 'Done' },
  CAMPAIGN_STATE_ARCHIVED: { zh: '已归档', en: 'Archived' },
};

const KINDS: Record<string, Text> = {
  CAMPAIGN_KIND_EMAIL: { zh: '邮件', en: 'Mail' },
  CAMPAIGN_KIND_SMS: { zh: '短信', en: 'Text message' },
  CAMPAIGN_KIND_SOCIAL: { zh: '社交媒体', en: 'Social media' },
  CAMPAIGN_KIND_CONTENT: { zh: '内容营销', en: 'Content' },
  CAMPAIGN_KIND_EVENT: { zh: '会议活动', en: 'Event' },
  CAMPAIGN_KIND_ADVERTISING: { zh: '广告投放', en: 'Advertising' },
  CAMPAIGN_KIND_PHONE: { zh: '电话营销', en: 'Phone' },
  CAMPAIGN_KIND_OTHER: { zh: '其他', en: 'Other' },
};

/** The day from which it counts: its first, or else that on which it was planned. */
const startDate = computed('Date32', (state) => field(state, 'startDate') || dayOf('createTime').read(state));

export const campaign: Cube = {
  noun: 'campaign',
  label: { zh: '市场活动', en: 'Campaigns' },
  description: { zh: '市场活动的数量、预算与费用。', en: 'How many campaigns there were, and what they cost.' },
  columns: {
    ...owned('name'),
    tag_ids: tags,
    create_date: startDate,
    kind: choice('kind'),
    state: choice('state'),
    budget: money('budget'),
    planned_cost: money('plannedCost'),
    actual_cost: money('actualCost'),
  },
  moves: [],
  changeDate: (state, { sequence, businessdate }) =>
    sequence === '1' ? String(dayOf('createTime').read(state)) : businessdate,
  changeTime: (state, { sequence, time }) => (sequence === '1' && field(state, 'createTime')) || time,
  moments: { create: { ...CREATED, label: { zh: '开始日期', en: 'Start date' }, fields: ['startDate'] } },
  measures: {
    new_count: {
      label: { zh: '市场活动数', en: 'Campaigns' },
      description: { zh: '开始日期在期内的市场活动数。', en: 'Campaigns that began in the period.' },
      unit: 'count',
      moment: 'create',
      value: '1',
    },
    budget: {
      label: { zh: '预算', en: 'Budget' },
      description: {
        zh: '期内开始的市场活动的预算之和（本位币）。',
        en: 'Sum of the budgets of campaigns that began in the period, in the base currency.',
      },
      unit: 'money',
      moment: 'create',
      value: 'f.budget',
      fields: ['budget'],
    },
    planned_cost: {
      label: { zh: '计划费用', en: 'Planned cost' },
      description: {
        zh: '期内开始的市场活动的计划费用之和（本位币）。',
        en: 'Sum of the planned costs of campaigns that began in the period, in the base currency.',
      },
      unit: 'money',
      moment: 'create',
      value: 'f.planned_cost',
      fields: ['plannedCost'],
    },
    actual_cost: {
      label: { zh: '实际费用', en: 'Actual cost' },
      description: {
        zh: '期内开始的市场活动的实际费用之和（本位币）。',
        en: 'Sum of the actual costs of campaigns that began in the period, in the base currency.',
      },
      unit: 'money',
      moment: 'create',
      value: 'f.actual_cost',
      fields: ['actualCost'],
    },
  },
  dimensions: {
    owner: OWNER,
    department: DEPARTMENT,
    branch: BRANCH,
    kind: byField('kind', 'kind', '类型', 'Kind', 'choice', KINDS),
    state: byField('state', 'state', '状态', 'State', 'choice', STATES),
  },
};
