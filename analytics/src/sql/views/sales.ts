import { contract } from '../../cubes/contract.ts';
import { opportunity } from '../../cubes/opportunity.ts';
import { receipt } from '../../cubes/receipt.ts';
import { target } from '../../cubes/target.ts';
import { MONEY_TYPE } from '../../facts/column.ts';
import { partsView, recordsView, SETTLED, type Named, type View } from './view.ts';

const SIGN_DATE: Named = [
  '签订日期（未填的为创建日期）',
  'Signed on, or the date of creation where that is not said',
  { source: 'create_date', fields: ['signDate', 'createTime'] },
];

const PLANNED = { fields: ['amount', 'instalments'] };
/** How far a plan is paid is told to who may read receipts, too. */
const HOW_FAR = { fields: ['amount', 'instalments', 'state'], behind: { receipt: ['amount', 'allocations'] } };

/** As the interface has it: worked out, never stored. */
const STATUS = `multiIf(state = 'CONTRACT_STATE_VOID', 'INSTALMENT_STATUS_VOID',
  state not in ('CONTRACT_STATE_EFFECTIVE', 'CONTRACT_STATE_COMPLETED'), 'INSTALMENT_STATUS_NOT_EFFECTIVE',
  received >= planned, 'INSTALMENT_STATUS_PAID', late, 'INSTALMENT_STATUS_OVERDUE',
  received > 0, 'INSTALMENT_STATUS_PARTLY_PAID', 'INSTALMENT_STATUS_OPEN')`;

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
      sign_date: SIGN_DATE,
    },
  ),
  partsView(
    'contract_products',
    contract,
    { rows: 'products', field: 'lines' },
    {
      label: { zh: '合同产品', en: 'Products of contracts' },
      description: {
        zh: '合同中的产品，每份合同每种产品一行；整单折扣按行金额分摊，合计即合同金额（本位币）。没有产品行的合同为一行，产品为空。',
        en: 'A row for each product of each contract; a discount on the whole is spread over the lines, so that together they are the contract, in the base currency. A contract without lines has one row, of no product.',
      },
    },
    {
      contract_id: ['合同', 'Contract', { source: 'id', fields: [] }],
      customer_id: ['客户', 'Customer'],
      state: ['合同状态', 'State of the contract'],
      sign_date: SIGN_DATE,
      product_id: ['产品', 'Product', { value: 'product', type: 'String', fields: ['lines'] }],
      quantity: ['数量', 'Quantity', { value: 'product_quantity', type: MONEY_TYPE, fields: ['amount', 'lines'] }],
      amount: ['金额', 'Amount', { value: 'product_amount', fields: ['amount', 'lines'] }],
      list_amount: [
        '折前金额（数量 × 单价）',
        'Quantity × price, before all discounts',
        { value: 'product_list_amount', type: MONEY_TYPE, fields: ['amount', 'lines'] },
      ],
    },
  ),
  partsView(
    'instalments',
    contract,
    { rows: 'instalments', field: 'instalments' },
    {
      label: { zh: '回款计划', en: 'Receipt plans' },
      description: {
        zh: '合同的回款计划，每期一行，随其合同可见；金额为本位币，按合同汇率，已回金额为核销到该期的回款。',
        en: 'The receipt plans of contracts, a row for each instalment, seen with their contract; amounts in the base currency at the rate of the contract, received is what receipts were allocated to it.',
      },
    },
    {
      id: ['标识', 'Id', { value: 'instalment_id', type: 'String', fields: ['instalments'] }],
      contract_id: ['合同', 'Contract', { value: 'record_id', type: 'String', fields: [] }],
      customer_id: ['客户', 'Customer'],
      name: ['名称', 'Name', { value: 'instalment_name', fields: ['instalments'] }],
      due_date: ['到期日', 'Due on', { value: 'due_date', type: 'Date32', fields: ['instalments'] }],
      status: ['状态', 'Status', { value: STATUS, type: 'String', ...HOW_FAR }],
      amount: ['应收金额', 'Amount', { value: 'planned', ...PLANNED }],
      received: ['已回金额', 'Received', { value: 'received', type: MONEY_TYPE, ...HOW_FAR }],
      outstanding: ['待回金额', 'Outstanding', { value: 'planned - received', type: MONEY_TYPE, ...HOW_FAR }],
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
