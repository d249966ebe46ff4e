import { append } from '@pelagic/chassis/append';
import type { Consumer } from '@pelagic/chassis/consumer';
import type { Tx } from '@pelagic/chassis/database';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { sql } from 'kysely';

type Data = { activity?: { subjectId?: string; happenTime?: string }; before?: { happenTime?: string } };

const LOGGED = 'crm.customer.activity.created.v1';

/** One entry an event: who, what and when; never a value. A follow-up stands where it happened, not where it was logged. */
const entryOf = (event: EventEnvelope) => {
  const { activity } = event.data as Data;
  return {
    event_id: event.id,
    time: (event.type === LOGGED && activity?.happenTime) || event.time,
    event: event.type,
    noun: event.noun,
    record_id: event.subject,
    version: Number(event.sequence),
    subject_id: activity?.subjectId ?? null,
    actor_id: /^[0-9a-f-]{36}$/.test(event.actorid) ? event.actorid : null,
    imported: event.imported === 'true',
  };
};

/** Where it happened was corrected: its entry moves. */
const moveEntry = async (tx: Tx, entries: ReturnType<typeof entryOf>[], { subject, data }: EventEnvelope) => {
  const time = (data as Data).activity!.happenTime!;
  const entry = entries.find(({ record_id, event }) => record_id === subject && event === LOGGED);
  if (entry) entry.time = time;
  else await sql`update timeline set time = ${time} where record_id = ${subject} and event = ${LOGGED}`.execute(tx.sql);
};

const enterAll = async (tx: Tx, events: EventEnvelope[]): Promise<void> => {
  const entries = events.map(entryOf);
  for (const event of events) if ((event.data as Data).before?.happenTime) await moveEntry(tx, entries, event);
  for (const entry of entries) append(tx, 'timeline', entry);
};

/** A service that has things to tell joins here with a line. */
export const timelineConsumers: Consumer[] = [
  {
    name: 'customer_timeline',
    from: 'customer',
    subjects: ['crm.customer.lead.>', 'crm.customer.customer.>', 'crm.customer.contact.>', 'crm.customer.activity.>'],
    reactAll: enterAll,
  },
  { name: 'customer_timeline-sales', from: 'sales', subjects: ['crm.sales.opportunity.>'], reactAll: enterAll },
];
