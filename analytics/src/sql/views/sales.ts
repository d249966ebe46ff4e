import { contract } from '../../cubes/contract.ts';
import { opportunity } from '../../cubes/opportunity.ts';
import { receipt } from '../../cubes/receipt.ts';
import { target } from '../../cubes/target.ts';
import { recordsView, SETTLED, type View } from './view.ts';

/** What is sold, and what comes of it. Amounts are in the base currency. */
export const SALES_VIEWS: View[] = [
  recordsView(
    'opportunities',
    opportunity,
    { zh: '商机，金额为本位币。', en: 'Opportunities; amounts in the base currency.' },
    {
      number: ['编号', 'Number'],
      name: ['名称', 'Name'],
      customer_id: ['客户', 'Customer'],
      state: ['状态', 'State'],
      pipeline_id: ['销售流程', 'Pipeline'],
      stage_id: ['阶段', 'Stage'],
      last_stage_id: ['结束前的阶段', 'Stage in which it was closed'],
      amount: ['金额', 'Amount'],
      weighted_amount: ['加权金额', 'Amount × probability', { fields: ['amount', 'probability'] }],
      source: ['来源', 'Source'],
      competitor: ['竞争对手', 'Competitor'],
      lost_reason: ['丢单原因', 'Reason of the loss'],
      campaign_id: ['市场活动', 'Campaign'],
      lead_id: ['来自线索', 'Lead that it came from'],
      create_date: ['创建日期', 'Date of creation'],
      expected_close_date: ['预计成交日期', 'Expected to close on'],
      close_date: ['关闭日期', 'Closed on'],
      ...SETTLED,
    },
  ),
  recordsView(
    'contracts',
    contract,
    { zh: '合同，金额为本位币。', en: 'Contracts; amounts in the base currency.' },
    {
      number: ['编号', 'Number'],
      name: ['名称', 'Name'],
      customer_id: ['客户', 'Customer'],
      state: ['状态', 'State'],
      amount: ['金额', 'Amount'],
      sign_date: [
        '签订日期（未填的为创建日期）',
        'Signed on, or the date of creation where that is not said',
        { source: 'create_date', fields: ['signDate', 'createTime'] },
      ],
    },
  ),
  recordsView(
    'receipts',
    receipt,
    {
      zh: '回款、退款与冲销，随其合同可见；退款与冲销为负数，金额为本位币。',
      en: 'Receipts, refunds and reversals, seen with their contract; what went back is negative; amounts in the base currency.',
    },
    {
      number: ['编号', 'Number'],
      contract_id: ['合同', 'Contract'],
      customer_id: ['客户', 'Customer'],
      kind: ['类别', 'Kind'],
      method: ['回款方式', 'Method'],
      amount: ['金额', 'Amount'],
      receive_date: ['回款日期', 'Received on', { source: 'create_date' }],
    },
  ),
  recordsView(
    'targets',
    target,
    {
      zh: '业绩目标，每人或每部门每月一行，金额为本位币。',
      en: 'Targets, a row for each person or department and month; amounts in the base currency.',
    },
    {
      month: ['月份（首日）', 'Month (its first day)', { source: 'create_date' }],
      measure: ['指标', 'Measure'],
      subject: ['对象', 'Person or department'],
      amount: ['目标金额', 'Amount'],
    },
  ),
];
