import type { TaskItem } from '@pelagic/proto/crm/office/v1/task';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { invalidField } from '@pelagic/chassis/problem';

/** The list as it is kept: trimmed, each item with an id of its own. */
export const settleChecklist = (items: TaskItem[]): TaskItem[] => {
  const ids = items.map(({ id }) => id);
  return items.map(({ id, text, done }, index) => {
    const at = `task.checklist[${index}]`;
    if (id && ids.indexOf(id) < index)
      throw invalidField(`${at}.id`, 'DUPLICATE', 'This one stands in the list already.');
    if (!text.trim()) throw invalidField(`${at}.text`, 'REQUIRED', 'Say what is to be done.');
    return { id: id || uuidv7(), text: text.trim(), done };
  });
};
