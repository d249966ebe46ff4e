import { beginningOf } from '@pelagic/chassis/text';
import { choice, computed, dayOf, instant, owned, text, tags } from '../facts/column.ts';
import { BRANCH, byField, DEPARTMENT, field, OWNER, type Cube, type Measure } from './cube.ts';

const NAME_MAX = 200;

const KINDS = {
  ACTIVITY_KIND_CALL: { zh: '电话', en: 'Call' },
  ACTIVITY_KIND_VISIT: { zh: '拜访', en: 'Visit' },
  ACTIVITY_KIND_MAIL: { zh: '邮件', en: 'Mail' },
  ACTIVITY_KIND_NOTE: { zh: '记录', en: 'Note' },
};

const counting = (zh: string, en: string, kind?: keyof typeof KINDS): Measure => ({
  label: { zh, en },
  description: {
    zh: `发生日期在期内的${kind ? KINDS[kind].zh : '跟进'}次数，归跟进人。`,
    en: `${kind ? `Follow-ups of the kind “${KINDS[kind].en}”` : 'Follow-ups'} that took place in the period, credited to who made them.`,
  },
  unit: 'count',
  moment: 'happen',
  value: '1',
  ...(kind && { where: `f.kind = '${kind}'`, fields: ['kind'] }),
});

export const activity: Cube = {
  noun: 'activity',
  label: { zh: '跟进', en: 'Follow-ups' },
  description: { zh: '电话、拜访、邮件与记录的次数。', en: 'Calls, visits, mails and notes, and who made them.' },
  columns: {
    ...owned('number'),
    tag_ids: tags,
    name: computed('String', (state) => beginningOf(field(state, 'content'), NAME_MAX)),
    create_date: dayOf('createTime'),
    happen_date: dayOf('happenTime'),
    happen_time: instant('happenTime'),
    kind: choice('kind'),
    subject_noun: choice('subjectNoun'),
    subject_id: text('subjectId'),
  },
  moves: [],
  changeDate: (state, { sequence, businessdate }) =>
    sequence === '1' ? String(dayOf('happenTime').read(state)) : businessdate,
  changeTime: (state, { sequence, time }) => (sequence === '1' && field(state, 'happenTime')) || time,
  nameField: 'content',
  seenWith: ['lead', 'customer', 'opportunity'].map((noun) => ({
    noun,
    key: 'subject_id',
    where: `f.subject_noun = '${noun}'`,
  })),
  moments: {
    happen: {
      label: { zh: '发生日期', en: 'Date on which it took place' },
      rows: 'facts',
      date: 'f.happen_date',
      owner: 'f.create_owner_id',
      department: 'f.create_department_id',
    },
  },
  measures: {
    count: counting('跟进次数', 'Follow-ups'),
    call_count: counting('电话次数', 'Calls', 'ACTIVITY_KIND_CALL'),
    visit_count: counting('拜访次数', 'Visits', 'ACTIVITY_KIND_VISIT'),
    mail_count: counting('邮件次数', 'Mails', 'ACTIVITY_KIND_MAIL'),
    note_count: counting('记录次数', 'Notes', 'ACTIVITY_KIND_NOTE'),
  },
  dimensions: {
    owner: OWNER,
    department: DEPARTMENT,
    branch: BRANCH,
    kind: byField('kind', 'kind', '方式', 'Kind', 'choice', KINDS),
    subject_noun: byField('subject_noun', 'subjectNoun', '对象', 'Of what', 'choice', {
      lead: { zh: '线索', en: 'Lead' },
      customer: { zh: '客户', en: 'Customer' },
      opportunity: { zh: '商机', en: 'Opportunity' },
    }),
  },
};
