import type { Wording } from '@pelagic/capabilities/export/wording';

export const PRIORITIES: NonNullable<Wording['words']> = {
  TASK_PRIORITY_LOW: { zh: ['低'], en: ['Low'] },
  TASK_PRIORITY_NORMAL: { zh: ['普通', '中'], en: ['Normal', 'Medium'] },
  TASK_PRIORITY_HIGH: { zh: ['高'], en: ['High'] },
  TASK_PRIORITY_URGENT: { zh: ['紧急'], en: ['Urgent'] },
};

export const taskWordings: Wording[] = [
  {
    field: 'state',
    words: {
      TASK_STATE_OPEN: { zh: ['待办'], en: ['Open'] },
      TASK_STATE_DOING: { zh: ['进行中'], en: ['Doing'] },
      TASK_STATE_DONE: { zh: ['已完成'], en: ['Done'] },
      TASK_STATE_CLOSED: { zh: ['已关闭'], en: ['Closed'] },
    },
  },
];
