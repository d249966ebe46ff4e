import { dateIn } from '@pelagic/chassis/clock';
import { enterprise } from '@pelagic/chassis/enterprise';
import { choice, computed, dayOf, flag, instant, owned, text, type Column, tags } from '../facts/column.ts';
import { BRANCH, byField, CREATED, DEPARTMENT, field, OWNER, standing, type Cube, type Text } from './cube.ts';

const STATES: Record<string, Text> = {
  TICKET_STATE_NEW: { zh: '新建', en: 'New' },
  TICKET_STATE_OPEN: { zh: '处理中', en: 'Open' },
  TICKET_STATE_PENDING_CUSTOMER: { zh: '等待客户', en: 'Pending customer' },
  TICKET_STATE_PENDING_THIRD_PARTY: { zh: '等待第三方', en: 'Pending third party' },
  TICKET_STATE_ON_HOLD: { zh: '搁置', en: 'On hold' },
  TICKET_STATE_SOLVED: { zh: '已解决', en: 'Solved' },
  TICKET_STATE_CLOSED: { zh: '已关闭', en: 'Closed' },
  TICKET_STATE_CANCELLED: { zh: '已取消', en: 'Cancelled' },
};

const PRIORITIES: Record<string, Text> = {
  TICKET_PRIORITY_LOW: { zh: '低', en: 'Low' },
  TICKET_PRIORITY_NORMAL: { zh: '普通', en: 'Normal' },
  TICKET_PRIORITY_HIGH: { zh: '高', en: 'High' },
  TICKET_PRIORITY_URGENT: { zh: '紧急', en: 'Urgent' },
};

const OVER = "'TICKET_STATE_SOLVED', 'TICKET_STATE_CLOSED', 'TICKET_STATE_CANCELLED'";

/** Hours are minutes by the sixty: a sum divided by so many sixties is their average. */
const AN_HOUR = '60';

const minutes = (name: string): Column => computed('UInt32', (state) => Number(state[name] ?? 0));

/** The day on which it was solved, for as long as it stays so. */
const solveDate = computed('Nullable(Date32)', (state) => {
  const time = field(state, 'solveTime');
  return time ? dateIn(enterprise().timeZone, new Date(time)) : null;
});

export const ticket: Cube = {
  noun: 'ticket',
  label: { zh: '工单', en: 'Tickets' },
  description: {
    zh: '工单的新增、解决与时效；时效按所在队列的工作时间计算。',
    en: 'Tickets that were raised and solved, and how long that took in the working hours of their queues.',
  },
  columns: {
    ...owned('name'),
    tag_ids: tags,
    create_date: dayOf('createTime'),
    solve_date: solveDate,
    state: choice('state'),
    step: computed('LowCardinality(String)', (state) => field(state, 'state')),
    priority: choice('priority'),
    queue_id: choice('queueId'),
    customer_id: text('customerId'),
    late: flag((state) => state['late'] === true),
    first_answer_time: instant('firstAnswerTime'),
    first_answer_minutes: minutes('firstAnswerMinutes'),
    solve_minutes: minutes('solveMinutes'),
  },
  moves: ['state', 'owner_id', 'department_id'],
  changeDate: (state, { sequence, businessdate }) =>
    sequence === '1' ? String(dayOf('createTime').read(state)) : businessdate,
  changeTime: (state, { sequence, time }) => (sequence === '1' && field(state, 'createTime')) || time,
  customer: 'customer_id',
  moments: {
    create: CREATED,
    solve: {
      label: { zh: '解决日期', en: 'Date of the solution' },
      rows: 'facts',
      date: 'f.solve_date',
      owner: 'f.state_owner_id',
      department: 'f.state_department_id',
      fields: ['solveTime'],
    },
    stock: standing(`m.state not in (${OVER})`),
  },
  measures: {
    new_count: {
      label: { zh: '新增工单数', en: 'New tickets' },
      description: {
        zh: '创建日期在期内的工单数，归创建时的负责人。',
        en: 'Tickets raised in the period, credited to who had them then.',
      },
      unit: 'count',
      moment: 'create',
      value: '1',
    },
    late_count: {
      label: { zh: '逾期工单数', en: 'Late tickets' },
      description: {
        zh: '创建日期在期内、到期未解决或未按时解决的工单数。',
        en: 'Of the tickets raised in the period, those that were not solved when they were due.',
      },
      unit: 'count',
      moment: 'create',
      value: '1',
      where: 'f.late = 1',
      fields: ['late'],
    },
    first_answer_hours: {
      label: { zh: '平均首次响应时长', en: 'Time to the first answer' },
      description: {
        zh: '期内创建并已答复的工单，从创建到首次答复的平均工作小时数。',
        en: 'Working hours until the first answer, averaged over the tickets raised in the period that have one.',
      },
      unit: 'hours',
      moment: 'create',
      value: 'f.first_answer_minutes',
      where: 'f.first_answer_time is not null',
      per: AN_HOUR,
      fields: ['firstAnswerMinutes', 'firstAnswerTime'],
    },
    solved_count: {
      label: { zh: '解决工单数', en: 'Tickets solved' },
      description: {
        zh: '解决日期在期内的工单数，归最后一次状态变更时的负责人；重新打开的不算。',
        en: 'Tickets solved in the period, credited to who had them at the last change of state; those opened again do not count.',
      },
      unit: 'count',
      moment: 'solve',
      value: '1',
    },
    in_time_rate: {
      label: { zh: '工单按时解决率', en: 'Tickets solved in time' },
      description: {
        zh: '期内解决的工单中未逾期的比例；没有时限的算按时。',
        en: 'Of the tickets solved in the period, the share that was not late; those without a target count as in time.',
      },
      unit: 'percent',
      moment: 'solve',
      value: 'f.late = 0',
      per: '1',
      fields: ['late'],
    },
    solve_hours: {
      label: { zh: '平均解决时长', en: 'Time to the solution' },
      description: {
        zh: '期内解决的工单实际处理的平均工作小时数，等待客户或第三方的时间不计。',
        en: 'Working hours that tickets solved in the period took on average; time that they waited for others does not count.',
      },
      unit: 'hours',
      moment: 'solve',
      value: 'f.solve_minutes',
      per: AN_HOUR,
      fields: ['solveMinutes'],
    },
    open_count: {
      label: { zh: '未解决工单数', en: 'Unsolved tickets' },
      description: {
        zh: '期末既未解决也未取消的工单数。',
        en: 'Tickets that at the end of the period are neither solved nor cancelled.',
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
    queue: byField('queue_id', 'queueId', '队列', 'Queue', 'queue'),
    customer: byField('customer_id', 'customerId', '客户', 'Customer', 'customer'),
    state: { ...byField('state', 'state', '状态', 'State', 'choice', STATES), from: 'movement' },
    priority: byField('priority', 'priority', '优先级', 'Priority', 'choice', PRIORITIES),
  },
};
