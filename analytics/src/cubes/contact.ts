import { choice, computed, dayOf, owned, text, tags } from '../facts/column.ts';
import { BRANCH, byCustomer, byField, CREATED, DEPARTMENT, field, OWNER, type Cube } from './cube.ts';

export const contact: Cube = {
  noun: 'contact',
  label: { zh: '联系人', en: 'Contacts' },
  description: { zh: '联系人的新增与构成。', en: 'Contacts that were added and what part they play.' },
  columns: {
    ...owned('name'),
    tag_ids: tags,
    create_date: dayOf('createTime'),
    customer_id: text('customerId'),
    decision_role: choice('decisionRole'),
    is_primary: computed('LowCardinality(String)', (state) => (state['primary'] ? 'yes' : 'no')),
  },
  moves: [],
  changeDate: (state, { sequence, businessdate }) =>
    sequence === '1' ? String(dayOf('createTime').read(state)) : businessdate,
  changeTime: (state, { sequence, time }) => (sequence === '1' && field(state, 'createTime')) || time,
  seenWith: [{ noun: 'customer', key: 'customer_id' }],
  customer: 'customer_id',
  moments: { create: CREATED },
  measures: {
    new_count: {
      label: { zh: '新增联系人数', en: 'New contacts' },
      description: {
        zh: '创建日期在期内的联系人数，归创建时客户的负责人。',
        en: 'Contacts created in the period, credited to who had the customer then.',
      },
      unit: 'count',
      moment: 'create',
      value: '1',
    },
  },
  dimensions: {
    owner: OWNER,
    department: DEPARTMENT,
    branch: BRANCH,
    decision_role: byField('decision_role', 'decisionRole', '决策角色', 'Part in decisions'),
    primary: byField('is_primary', 'primary', '首要联系人', 'Primary contact', 'choice', {
      yes: { zh: '是', en: 'Yes' },
      no: { zh: '否', en: 'No' },
    }),
    customer: byField('customer_id', 'customerId', '客户', 'Customer', 'customer'),
    customer_industry: byCustomer('industry', 'industry', '客户行业', 'Customer industry'),
    customer_level: byCustomer('level', 'level', '客户级别', 'Customer level'),
  },
};
