import { activity } from '../../cubes/activity.ts';
import { campaign } from '../../cubes/campaign.ts';
import { contact } from '../../cubes/contact.ts';
import { customer } from '../../cubes/customer.ts';
import { lead } from '../../cubes/lead.ts';
import { recordsView, SETTLED, type Named, type View } from './view.ts';

const NAME: Record<string, Named> = { number: ['编号', 'Number'], name: ['名称', 'Name'] };
const CREATED: Record<string, Named> = {
  create_date: ['创建日期', 'Date of creation', { fields: ['createTime'] }],
};

/** Who is sold to, and how they came. */
export const CUSTOMER_VIEWS: View[] = [
  recordsView(
    'leads',
    lead,
    { zh: '线索，一条线索一行。', en: 'Leads, one row each.' },
    {
      ...NAME,
      company: ['公司', 'Company'],
      state: ['状态', 'State'],
      state_reason: ['状态原因', 'Reason of the state'],
      source: ['来源', 'Source'],
      industry: ['行业', 'Industry'],
      region: ['区域', 'Region'],
      customer_id: ['转化成的客户', 'Customer that it became'],
      opportunity_id: ['转化成的商机', 'Opportunity that it became'],
      campaign_id: ['市场活动', 'Campaign'],
      ...CREATED,
      ...SETTLED,
    },
  ),
  recordsView(
    'customers',
    customer,
    { zh: '客户，一个客户一行。', en: 'Customers, one row each.' },
    {
      ...NAME,
      kind: ['类型', 'Kind'],
      industry: ['行业', 'Industry'],
      region: ['区域', 'Region'],
      size: ['规模', 'Size'],
      level: ['级别', 'Level'],
      source: ['来源', 'Source'],
      parent_id: ['上级客户', 'Parent customer'],
      lead_id: ['来自线索', 'Lead that it came from'],
      ...CREATED,
    },
  ),
  recordsView(
    'contacts',
    contact,
    { zh: '联系人，随其客户可见。', en: 'Contacts, seen with their customer.' },
    {
      ...NAME,
      customer_id: ['客户', 'Customer'],
      decision_role: ['决策角色', 'Role in decisions'],
      primary: [
        '主要联系人',
        'Primary',
        { source: 'is_primary', value: "cast(is_primary = 'yes' as Bool)", type: 'Bool' },
      ],
      ...CREATED,
    },
  ),
  recordsView(
    'activities',
    activity,
    { zh: '跟进，随其线索、客户或商机可见。', en: 'Follow-ups, seen with their lead, customer or opportunity.' },
    {
      kind: ['方式', 'Kind'],
      subject_noun: ['对象类型', 'About which noun'],
      subject_id: ['对象', 'About which record'],
      content: ['内容（开头）', 'Content (its beginning)', { source: 'name' }],
      happen_date: ['发生日期', 'Date', { fields: ['happenTime'] }],
      happen_time: ['发生时间', 'Time'],
    },
  ),
  recordsView(
    'campaigns',
    campaign,
    { zh: '市场活动，金额为本位币。', en: 'Campaigns; amounts in the base currency.' },
    {
      ...NAME,
      kind: ['类型', 'Kind'],
      state: ['状态', 'State'],
      start_date: [
        '开始日期（未填的为创建日期）',
        'Start date, or the date of creation where there is none',
        { source: 'create_date', fields: ['startDate', 'createTime'] },
      ],
      budget: ['预算', 'Budget'],
      planned_cost: ['计划费用', 'Planned cost'],
      actual_cost: ['实际费用', 'Actual cost'],
    },
  ),
];
