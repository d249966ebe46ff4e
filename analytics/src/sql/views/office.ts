import { task } from '../../cubes/task.ts';
import { ticket } from '../../cubes/ticket.ts';
import { recordsView, SETTLED, type View } from './view.ts';

const CREATED = { create_date: ['创建日期', 'Date of creation', { fields: ['createTime'] }] } satisfies Record<
  string,
  [string, string, { fields: string[] }]
>;

/** What people do, and what customers ask of them. */
export const OFFICE_VIEWS: View[] = [
  recordsView(
    'tasks',
    task,
    { zh: '任务，一项任务一行。', en: 'Tasks, one row each.' },
    {
      number: ['编号', 'Number'],
      name: ['名称', 'Name'],
      state: ['状态', 'State'],
      priority: ['优先级', 'Priority'],
      due_date: ['截止日期', 'Due on'],
      record_noun: ['关联记录类型', 'About which noun'],
      in_time: [
        '按时完成',
        'Finished in time',
        { value: 'toBool(in_time = 1)', type: 'Bool', fields: ['dueDate', 'finishTime'] },
      ],
      ...CREATED,
      ...SETTLED,
    },
  ),
  recordsView(
    'tickets',
    ticket,
    { zh: '工单，时长为工作分钟。', en: 'Tickets; durations in working minutes.' },
    {
      number: ['编号', 'Number'],
      name: ['名称', 'Name'],
      customer_id: ['客户', 'Customer'],
      queue_id: ['队列', 'Queue'],
      state: ['状态', 'State'],
      priority: ['优先级', 'Priority'],
      late: ['逾期', 'Late', { value: 'toBool(late = 1)', type: 'Bool' }],
      first_answer_time: ['首次答复时间', 'First answered at'],
      first_answer_minutes: ['首次答复用时', 'Minutes to the first answer'],
      solve_date: ['解决日期', 'Solved on', { fields: ['solveTime'] }],
      solve_minutes: ['解决用时', 'Minutes to the solution'],
      ...CREATED,
      ...SETTLED,
    },
  ),
];
