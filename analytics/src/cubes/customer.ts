import { choice, dayOf, owned, text, tags } from '../facts/column.ts';
import { BRANCH, byField, CREATED, DEPARTMENT, field, OWNER, type Cube } from './cube.ts';

export const customer: Cube = {
  noun: 'customer',
  label: { zh: '客户', en: 'Customers' },
  description: { zh: '客户的新增与构成。', en: 'Customers that came and what they are made of.' },
  columns: {
    ...owned('name'),
    tag_ids: tags,
    create_date: dayOf('createTime'),
    kind: choice('kind'),
    industry: choice('industry'),
    region: choice('region'),
    size: choice('size'),
    level: choice('level'),
    source: choice('source'),
    lead_id: text('leadId'),
    parent_id: text('parentId'),
  },
  moves: [],
  changeDate: (state, { sequence, businessdate }) =>
    sequence === '1' ? String(dayOf('createTime').read(state)) : businessdate,
  changeTime: (state, { sequence, time }) => (sequence === '1' && field(state, 'createTime')) || time,
  moments: { create: CREATED },
  measures: {
    new_count: {
      label: { zh: '新增客户数', en: 'New customers' },
      description: {
        zh: '创建日期在期内的客户数，归创建时的负责人。',
        en: 'Customers created in the period, credited to who had them then.',
      },
      unit: 'count',
      moment: 'create',
      value: '1',
    },
    from_lead_count: {
      label: { zh: '由线索转化的新客户数', en: 'New customers from leads' },
      description: {
        zh: '期内新增且来自线索转化的客户数。',
        en: 'Customers created in the period by converting a lead.',
      },
      unit: 'count',
      moment: 'create',
      value: '1',
      where: "f.lead_id != ''",
      fields: ['leadId'],
    },
  },
  dimensions: {
    owner: OWNER,
    department: DEPARTMENT,
    branch: BRANCH,
    kind: byField('kind', 'kind', '类型', 'Kind', 'choice', {
      CUSTOMER_KIND_COMPANY: { zh: '企业', en: 'Company' },
      CUSTOMER_KIND_PERSON: { zh: '个人', en: 'Person' },
    }),
    industry: byField('industry', 'industry', '行业', 'Industry'),
    region: byField('region', 'region', '区域', 'Region'),
    size: byField('size', 'size', '规模', 'Size'),
    level: byField('level', 'level', '级别', 'Level'),
    source: byField('source', 'source', '来源', 'Source'),
  },
};
