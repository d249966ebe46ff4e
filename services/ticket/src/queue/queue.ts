import { randomBytes } from 'node:crypto';
import type { Queue, QueueForm, QueueTarget } from '@pelagic/proto/crm/ticket/v1/queue';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { tidyName } from '@pelagic/capabilities/record/tidy';
import { invalid, invalidField } from '@pelagic/chassis/problem';
import { sql, type Kysely } from 'kysely';

export type QueueRow = RecordRow & {
  name: string;
  department_id: string;
  calendar_id: string | null;
  targets: QueueTarget[];
  active: boolean;
  form: QueueForm | null;
  public_key: string | null;
  form_secret: string;
};

/** Everybody may see where tickets wait; who may change it is a permission, and not a matter of whose it is. */
export const queue = defineNoun({
  noun: 'queue',
  search: { open: ['name'], guarded: [] },
  reach: () => sql<boolean>`true`,
  order: 'name',
});

export const queueMessage = (row: QueueRow): Queue =>
  queue.mapping.toMessage(row as unknown as Row) as unknown as Queue;

/** Characters are half a byte. */
const KEY_BYTES = 16;
const SECRET_BYTES = 32;

const formOf = ({ form }: Queue): QueueForm | null =>
  form
    ? {
        open: form.open,
        title: tidyName(form.title, 'queue.form.title'),
        intro: form.intro.trim(),
        consent: form.consent.trim(),
        tellsDue: form.tellsDue,
      }
    : null;

/** A queue that has a form gets an address for it, once: a closed form comes back under the same. */
export const giveAddress = (row: Pick<QueueRow, 'form' | 'public_key' | 'form_secret'>): void => {
  if (!row.form || row.public_key) return;
  row.public_key = randomBytes(KEY_BYTES).toString('hex');
  row.form_secret = randomBytes(SECRET_BYTES).toString('hex');
};

/** The columns that a message makes of a queue. Refuses a priority with two targets. */
export const writeQueue = (
  message: Queue,
  departmentId: string,
): Omit<QueueRow, keyof RecordRow | 'public_key' | 'form_secret'> => {
  const priorities = message.targets.map(({ priority }) => priority);
  const twice = priorities.findIndex((priority, index) => priorities.indexOf(priority) < index);
  if (twice >= 0)
    throw invalid({
      field: `queue.targets[${twice}].priority`,
      reason: 'DUPLICATE',
      message: 'This priority has a target already.',
    });
  return {
    name: tidyName(message.name, 'queue.name'),
    department_id: departmentId,
    calendar_id: message.calendarId || null,
    targets: message.targets.map(({ priority, minutes }) => ({ priority, minutes })),
    active: message.active,
    form: formOf(message),
  };
};

/** Working minutes until a ticket of this priority is due; null where the queue promises nothing. */
export const targetOf = ({ targets }: Pick<QueueRow, 'targets'>, priority: string): number | null =>
  targets.find((target) => target.priority === priority)?.minutes ?? null;

export const findQueue = async (db: Kysely<any>, id: string): Promise<QueueRow | undefined> =>
  (await sql<QueueRow>`select * from queue where id = ${id}`.execute(db)).rows[0];

/** The queue of a new ticket: the one that it names, else the oldest in use. Only the past may lie in one that is not. */
export const queueForNew = async (db: Kysely<any>, id: string, imported: boolean): Promise<QueueRow> => {
  const { rows } = await sql<QueueRow>`
    select * from queue where (active or ${imported}) and (${id} = '' or id::text = ${id})
    order by active desc, create_time, id limit 1`.execute(db);
  if (!rows[0]) throw invalidField('ticket.queueId', 'UNKNOWN_QUEUE', 'There is no such queue in use.');
  return rows[0];
};
