import { dateIn } from '@pelagic/chassis/clock';
import { enterprise } from '@pelagic/chassis/enterprise';
import { choice, computed, day, dayOf, flag, owned, type State, tags } from '../facts/column.ts';
import { BRANCH, byField, CREATED, DEPARTMENT, field, OWNER, standing, type Cube, type Text } from './cube.ts';

const STATES: Record<string, Text> = {
  TASK_STATE_OPEN: { zh: '待办', en: 'Open' },
  TASK_STATE_DOING: { zh: '进行中', en: 'Doing' },
  TASK_STATE_DONE: { zh: '已完成', en: 'Done' },
  TASK_STATE_CLOSED: { zh: '已关闭', en: 'Closed' },
};

const PRIORITIES: Record<string, Text> = {
  TASK_PRIORITY_LOW: { zh: '低', en: 'Low' },
  TASK_PRIORITY_NORMAL: { zh: '普通', en: 'Normal' },
  TASK_PRIORITY_HIGH: { zh: '高', en: 'High' },
  TASK_PRIORITY_URGENT: { zh: '紧急', en: 'Urgent' },
};

const DONE = "f.state = 'TASK_STATE_DONE'";

/** Finished on its due date or before; what has none is always in time. */
const isInTime = (state: State): boolean => {
  const [due, finished] = [field(state, 'dueDate'), field(state, 'finishTime')];
  return Boolean(finished) && (!due || dateIn(enterprise().timeZone, new Date(finished)) <= due);
};

export const task: Cube = {
  noun: 'task',
  label: { zh: '任务', en: 'Tasks' },
  description: { zh: '任务的新增与完成。', en: 'Tasks that were made and finished.' },
  columns: {
    ...owned('name'),
    tag_ids: tags,
    create_date: dayOf('createTime'),
    due_date: day('dueDate'),
    state: choice('state'),
    step: computed('LowCardinality(String)', (state) => field(state, 'state')),
    priority: choice('priority'),
    record_noun: choice('recordNoun'),
    in_time: flag(isInTime),
  },
  moves: ['state', 'owner_id', 'department_id'],
  changeDate: (state, { sequence, businessdate }) =>
    sequence === '1' ? String(dayOf('createTime').read(state)) : businessdate,
  changeTime: (state, { sequence, time }) => (sequence === '1' && field(state, 'createTime')) || time,
  moments: {
    create: CREATED,
    change: {
      label: { zh: '完成（状态变更）日期', en: 'Date of the last change of state' },
      rows: 'facts',
      date: 'f.state_date',
      owner: 'f.state_owner_id',
      department: 'f.state_department_id',
      fields: ['state'],
    },
    stock: standing("m.state in ('TASK_STATE_OPEN', 'TASK_STATE_DOING')"),
  },
  measures: {
    new_count: {
      label: { zh: '新增任务数', en: 'New tasks' },
      description: {
        zh: '创建日期在期内的任务数，归创建时的负责人。',
        en: 'Tasks created in the period, credited to who had them then.',
      },
      unit: 'count',
      moment: 'create',
      value: '1',
    },
    done_count: {
      label: { zh: '完成任务数', en: 'Tasks done' },
      description: {
        zh: '期内完成的任务数，归完成时的负责人；关闭的不算。',
        en: 'Tasks done in the period, credited to who had them then; those called off do not count.',
      },
      unit: 'count',
      moment: 'change',
      value: '1',
      where: DONE,
    },
    in_time_rate: {
      label: { zh: '任务按时完成率', en: 'Tasks done in time' },
      description: {
        zh: '期内完成的任务中，不晚于截止日期的比例；没有截止日期的算按时。',
        en: 'Of the tasks done in the period, the share done by the due date; those without one count as in time.',
      },
      unit: 'percent',
      moment: 'change',
      value: 'f.in_time = 1',
      per: '1',
      where: DONE,
      fields: ['dueDate', 'finishTime'],
    },
    open_count: {
      label: { zh: '未完成任务数', en: 'Unfinished tasks' },
      description: {
        zh: '期末既未完成也未关闭的任务数。',
        en: 'Tasks that at the end of the period are neither done nor closed.',
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
    priority: byField('priority', 'priority', '优先级', 'Priority', 'choice', PRIORITIES),
  },
};
