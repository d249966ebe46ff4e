import { append } from '@pelagic/chassis/append';
import type { Consumer } from '@pelagic/chassis/consumer';
import type { Tx } from '@pelagic/chassis/database';
import type { EventEnvelope } from '@pelagic/chassis/outbox';

type Subject = { activity?: { subjectId?: string } };

/** One entry an event: who, what and when; never a value. */
const enter = (tx: Tx, event: EventEnvelope): void =>
  append(tx, 'timeline', {
    event_id: event.id,
    time: event.time,
    event: event.type,
    noun: event.noun,
    record_id: event.subject,
    version: Number(event.sequence),
    subject_id: (event.data as Subject).activity?.subjectId ?? null,
    actor_id: /^[0-9a-f-]{36}$/.test(event.actorid) ? event.actorid : null,
    reason: event.reason ?? '',
    imported: event.imported === 'true',
  });

const enterAll = async (tx: Tx, events: EventEnvelope[]): Promise<void> => {
  for (const event of events) enter(tx, event);
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
