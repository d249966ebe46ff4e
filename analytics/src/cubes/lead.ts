import { choice, dayOf, owned, text, computed, tags } from '../facts/column.ts';
import { BRANCH, byField, CREATED, DEPARTMENT, field, OWNER, standing, type Cube, type Text } from './cube.ts';

const STATES: Record<string, Text> = {
  LEAD_STATE_NEW: { zh: '新线索', en: 'New' },
  LEAD_STATE_ASSIGNED: { zh: '已分配', en: 'Assigned' },
  LEAD_STATE_CONTACTING: { zh: '跟进中', en: 'Contacting' },
  LEAD_STATE_QUALIFIED: { zh: '已确认', en: 'Qualified' },
  LEAD_STATE_CONVERTED: { zh: '已转化', en: 'Converted' },
  LEAD_STATE_INVALID: { zh: '无效', en: 'Invalid' },
  LEAD_STATE_RECYCLED: { zh: '已回收', en: 'Recycled' },
};

const CONVERTED = "f.state = 'LEAD_STATE_CONVERTED'";

export const lead: Cube = {
  noun: 'lead',
  label: { zh: '线索', en: 'Leads' },
  description: { zh: '线索的新增与转化。', en: 'Leads that came in and what became of them.' },
  columns: {
    ...owned('name'),
    tag_ids: tags,
    create_date: dayOf('createTime'),
    company: text('company'),
    state: choice('state'),
    step: computed('LowCardinality(String)', (state) => field(state, 'state')),
    state_reason: choice('stateReason'),
    source: choice('source'),
    industry: choice('industry'),
    region: choice('region'),
    customer_id: text('customerId'),
    campaign_id: choice('campaignId'),
    opportunity_id: text('opportunityId'),
  },
  moves: ['state', 'owner_id', 'department_id'],
  changeDate: (state, { sequence, businessdate }) =>
    sequence === '1' ? String(dayOf('createTime').read(state)) : businessdate,
  changeTime: (state, { sequence, time }) => (sequence === '1' && field(state, 'createTime')) || time,
  customer: 'customer_id',
  moments: {
    create: CREATED,
    change: {
      label: { zh: '转化（状态变更）日期', en: 'Date of the last change of state' },
      rows: 'facts',
      date: 'f.state_date',
      owner: 'f.state_owner_id',
      department: 'f.state_department_id',
      fields: ['state'],
    },
    stock: standing(
      "m.state in ('LEAD_STATE_NEW', 'LEAD_STATE_ASSIGNED', 'LEAD_STATE_CONTACTING', 'LEAD_STATE_QUALIFIED')",
    ),
  },
  measures: {
    new_count: {
      label: { zh: '新增线索数', en: 'New leads' },
      description: {
        zh: '创建日期在期内的线索数，归创建时的负责人。',
        en: 'Leads created in the period, credited to who had them then.',
      },
      unit: 'count',
      moment: 'create',
      value: '1',
    },
    converted_count: {
      label: { zh: '转化线索数', en: 'Converted leads' },
      description: {
        zh: '期内转化的线索数，不论何时创建，归转化时的负责人。',
        en: 'Leads converted in the period, whenever they were created, credited to who had them when they were converted.',
      },
      unit: 'count',
      moment: 'change',
      value: '1',
      where: CONVERTED,
    },
    invalid_count: {
      label: { zh: '无效线索数', en: 'Invalid leads' },
      description: { zh: '期内判为无效的线索数。', en: 'Leads found invalid in the period.' },
      unit: 'count',
      moment: 'change',
      value: '1',
      where: "f.state = 'LEAD_STATE_INVALID'",
    },
    conversion_rate: {
      label: { zh: '线索转化率', en: 'Lead conversion rate' },
      description: {
        zh: '期内新增的线索中，至今已转化的比例。',
        en: 'Of the leads created in the period, the share that has been converted by now.',
      },
      unit: 'percent',
      moment: 'create',
      value: CONVERTED,
      per: '1',
      fields: ['state'],
    },
    open_count: {
      label: { zh: '在手线索数', en: 'Open leads' },
      description: {
        zh: '期末既未转化也未判为无效或回收的线索数。',
        en: 'Leads that at the end of the period are neither converted nor invalid nor recycled.',
      },
      unit: 'count',
      moment: 'stock',
      value: '1',
    },
  },
  dimensions: {
    owner: OWNER,
    department: DEPARTMENT,
    branch: BRANCH,
    state: { ...byField('state', 'state', '状态', 'State', 'choice', STATES), from: 'movement' },
    state_reason: byField('state_reason', 'stateReason', '无效或回收原因', 'Reason of the state'),
    source: byField('source', 'source', '来源', 'Source'),
    industry: byField('industry', 'industry', '行业', 'Industry'),
    region: byField('region', 'region', '区域', 'Region'),
    campaign: byField('campaign_id', 'campaignId', '市场活动', 'Campaign', 'campaign'),
  },
  steps: {
    keys: [
      'LEAD_STATE_NEW',
      'LEAD_STATE_ASSIGNED',
      'LEAD_STATE_CONTACTING',
      'LEAD_STATE_QUALIFIED',
      'LEAD_STATE_CONVERTED',
    ],
    drops: ['LEAD_STATE_INVALID', 'LEAD_STATE_RECYCLED'],
    excluded: [],
    field: 'state',
    reason: { column: 'state_reason', field: 'stateReason' },
    labels: STATES,
  },
};
