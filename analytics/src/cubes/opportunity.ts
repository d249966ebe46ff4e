import { choice, computed, day, money, owned, text, weighted, tags } from '../facts/column.ts';
import {
  BRANCH,
  byField,
  CREATED,
  CUSTOMERS,
  DEPARTMENT,
  field,
  OWNER,
  standing,
  type Cube,
  type Text,
} from './cube.ts';
import { isOpen, later, OPEN, opening, startOf, step } from './deal-state.ts';

const STATES: Record<string, Text> = {
  [OPEN]: { zh: '进行中', en: 'Open' },
  OPPORTUNITY_STATE_WON: { zh: '赢单', en: 'Won' },
  OPPORTUNITY_STATE_LOST: { zh: '输单', en: 'Lost' },
  OPPORTUNITY_STATE_INVALID: { zh: '无效', en: 'Invalid' },
};

const WON = "f.state = 'OPPORTUNITY_STATE_WON'";
const LOST = "f.state = 'OPPORTUNITY_STATE_LOST'";
const DECIDED = "f.state in ('OPPORTUNITY_STATE_WON', 'OPPORTUNITY_STATE_LOST')";

export const opportunity: Cube = {
  noun: 'opportunity',
  label: { zh: '商机', en: 'Opportunities' },
  description: {
    zh: '商机的新增、赢输、在手与周期。',
    en: 'Deals that came, were won or lost, stand open, and how long they took.',
  },
  columns: {
    ...owned('name'),
    tag_ids: tags,
    create_date: computed('Date32', (state) => field(state, 'createDate') || '1970-01-01'),
    state: choice('state'),
    step: computed('LowCardinality(String)', step),
    stage_id: choice('stageId'),
    pipeline_id: choice('pipelineId'),
    customer_id: text('customerId'),
    campaign_id: choice('campaignId'),
    lead_id: text('leadId'),
    amount: money('amount'),
    weighted_amount: weighted('amount', 'probability'),
    source: choice('source'),
    lost_reason: choice('lostReason'),
    last_stage_id: choice('lastStageId'),
    competitor: choice('competitor'),
    close_date: day('closeDate'),
    expected_close_date: day('expectedCloseDate'),
  },
  moves: ['state', 'stage_id', 'pipeline_id', 'owner_id', 'department_id', 'amount', 'weighted_amount'],
  changeDate: (state, { sequence, businessdate }) =>
    (sequence === '1' && isOpen(state) ? field(state, 'createDate') : field(state, 'closeDate')) || businessdate,
  changeTime: (state, { sequence, time, imported }) => {
    if (imported && field(state, 'closeDate'))
      return later(startOf(field(state, 'closeDate')), field(state, 'createTime'));
    return (sequence === '1' && field(state, 'createTime')) || time;
  },
  opening,
  customer: 'customer_id',
  moments: {
    create: CREATED,
    close: {
      label: { zh: '成交（关闭）日期', en: 'Date of closing' },
      rows: 'facts',
      date: 'f.close_date',
      owner: 'f.state_owner_id',
      department: 'f.state_department_id',
      where: `f.state != '${OPEN}' and isNotNull(f.close_date)`,
      fields: ['state', 'closeDate'],
    },
    stock: standing(`m.state = '${OPEN}'`),
  },
  measures: {
    new_count: {
      label: { zh: '新增商机数', en: 'New opportunities' },
      description: {
        zh: '创建日期在期内的商机数，归创建时的负责人。',
        en: 'Opportunities created in the period, credited to who had them then.',
      },
      unit: 'count',
      moment: 'create',
      value: '1',
    },
    new_amount: {
      label: { zh: '新增商机金额', en: 'New opportunity amount' },
      description: {
        zh: '期内新增商机的现金额之和（本位币）。',
        en: 'Sum of the present amounts of opportunities created in the period, in the base currency.',
      },
      unit: 'money',
      moment: 'create',
      value: 'f.amount',
      fields: ['amount'],
    },
    still_open_count: {
      label: { zh: '新增且仍进行中', en: 'Created and still open' },
      description: {
        zh: '期内新增、如今仍未关闭的商机数。',
        en: 'Opportunities created in the period that are open today.',
      },
      unit: 'count',
      moment: 'create',
      value: '1',
      where: `f.state = '${OPEN}'`,
      fields: ['state'],
    },
    still_open_amount: {
      label: { zh: '新增且仍进行中的金额', en: 'Amount created and still open' },
      description: {
        zh: '期内新增、如今仍未关闭的商机金额之和（本位币）。',
        en: 'Sum of the amounts of opportunities created in the period that are open today, in the base currency.',
      },
      unit: 'money',
      moment: 'create',
      value: 'f.amount',
      where: `f.state = '${OPEN}'`,
      fields: ['amount', 'state'],
    },
    won_count: {
      label: { zh: '赢单数', en: 'Won' },
      description: {
        zh: '关闭日期在期内的赢单数，归关闭时的负责人。',
        en: 'Opportunities won with a closing date in the period, credited to who had them when they closed.',
      },
      unit: 'count',
      moment: 'close',
      value: '1',
      where: WON,
    },
    won_amount: {
      label: { zh: '赢单金额', en: 'Won amount' },
      description: {
        zh: '期内赢单的金额之和（本位币）。',
        en: 'Sum of the amounts of opportunities won in the period, in the base currency.',
      },
      unit: 'money',
      moment: 'close',
      value: 'f.amount',
      where: WON,
      fields: ['amount'],
    },
    lost_count: {
      label: { zh: '输单数', en: 'Lost' },
      description: {
        zh: '关闭日期在期内的输单数，不含无效商机。',
        en: 'Opportunities lost with a closing date in the period; invalid ones are not among them.',
      },
      unit: 'count',
      moment: 'close',
      value: '1',
      where: LOST,
    },
    lost_amount: {
      label: { zh: '输单金额', en: 'Lost amount' },
      description: {
        zh: '期内输单的金额之和（本位币）。',
        en: 'Sum of the amounts of opportunities lost in the period, in the base currency.',
      },
      unit: 'money',
      moment: 'close',
      value: 'f.amount',
      where: LOST,
      fields: ['amount'],
    },
    invalid_count: {
      label: { zh: '无效商机数', en: 'Invalid' },
      description: {
        zh: '期内判为无效的商机数，不计入赢率。',
        en: 'Opportunities found invalid in the period; they are kept out of the win rate.',
      },
      unit: 'count',
      moment: 'close',
      value: '1',
      where: "f.state = 'OPPORTUNITY_STATE_INVALID'",
    },
    win_rate: {
      label: { zh: '赢率', en: 'Win rate' },
      description: { zh: '赢单数 ÷（赢单数 + 输单数），按关闭日期。', en: 'Won ÷ (won + lost), by closing date.' },
      unit: 'percent',
      moment: 'close',
      value: WON,
      where: DECIDED,
      per: '1',
    },
    average_deal: {
      label: { zh: '平均赢单金额', en: 'Average deal' },
      description: { zh: '赢单金额 ÷ 赢单数。', en: 'Won amount ÷ won opportunities.' },
      unit: 'money',
      moment: 'close',
      value: 'f.amount',
      where: WON,
      per: '1',
      fields: ['amount'],
    },
    sales_cycle: {
      label: { zh: '平均成交周期', en: 'Sales cycle' },
      description: {
        zh: '期内赢单从创建日期到关闭日期的平均天数。',
        en: 'Days from creation to closing, averaged over the opportunities won in the period.',
      },
      unit: 'days',
      moment: 'close',
      value: "dateDiff('day', f.create_date, assumeNotNull(f.close_date))",
      where: WON,
      per: '1',
      fields: ['createDate'],
    },
    open_count: {
      label: { zh: '在手商机数', en: 'Open opportunities' },
      description: {
        zh: '期末未关闭的商机数；期末在今天之后时即现在。归期末时的负责人。',
        en: 'Opportunities open at the end of the period, which is now when the period has not ended; credited to who has them then.',
      },
      unit: 'count',
      moment: 'stock',
      value: '1',
    },
    open_amount: {
      label: { zh: '在手商机金额', en: 'Open amount' },
      description: {
        zh: '期末未关闭商机的金额之和（本位币），取期末时的金额。',
        en: 'Sum of what open opportunities amount to at the end of the period, in the base currency.',
      },
      unit: 'money',
      moment: 'stock',
      value: 'm.amount',
      fields: ['amount'],
    },
    open_weighted: {
      label: { zh: '在手加权金额', en: 'Weighted open amount' },
      description: {
        zh: '期末未关闭商机的金额 × 概率，逐单舍入后相加（本位币）。',
        en: 'Amount × probability of the opportunities open at the end of the period, rounded per deal and added up, in the base currency.',
      },
      unit: 'money',
      moment: 'stock',
      value: 'm.weighted_amount',
      fields: ['amount', 'probability'],
    },
  },
  dimensions: {
    owner: OWNER,
    department: DEPARTMENT,
    branch: BRANCH,
    state: { ...byField('state', 'state', '状态', 'State', 'choice', STATES), from: 'movement' },
    stage: { ...byField('stage_id', 'stageId', '阶段', 'Stage', 'stage'), from: 'movement' },
    pipeline: { ...byField('pipeline_id', 'pipelineId', '销售流程', 'Pipeline', 'pipeline'), from: 'movement' },
    source: byField('source', 'source', '来源', 'Source'),
    last_stage: {
      ...byField('last_stage_id', 'lastStageId', '关闭前阶段', 'Last stage', 'stage'),
      description: {
        zh: '赢单、输单或判为无效前所在的阶段；进行中的商机为空。',
        en: 'The stage in which it was won, lost or found invalid; blank while it is open.',
      },
    },
    lost_reason: byField('lost_reason', 'lostReason', '输单原因', 'Lost reason'),
    competitor: byField('competitor', 'competitor', '竞争对手', 'Competitor'),
    customer: byField('customer_id', 'customerId', '客户', 'Customer', 'customer'),
    campaign: byField('campaign_id', 'campaignId', '市场活动', 'Campaign', 'campaign'),
    ...CUSTOMERS,
  },
  steps: {
    keys: { ofPipeline: true, goal: 'won' },
    drops: ['lost', 'invalid'],
    excluded: ['invalid'],
    field: 'stageId',
    reason: { column: 'lost_reason', field: 'lostReason' },
    labels: {
      won: STATES['OPPORTUNITY_STATE_WON']!,
      lost: STATES['OPPORTUNITY_STATE_LOST']!,
      invalid: STATES['OPPORTUNITY_STATE_INVALID']!,
    },
  },
};
