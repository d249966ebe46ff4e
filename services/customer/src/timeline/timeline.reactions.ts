import type { Consumer } from '@pelagic/chassis/consumer';
import type { Tx } from '@pelagic/chassis/database';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { sql } from 'kysely';

type Subject = { activity?: { subjectId?: string } };

/** One entry an event: who, what and when; never a value. */
const enter = async (tx: Tx, event: EventEnvelope): Promise<void> => {
  const subject = (event.data as Subject).activity?.subjectId ?? null;
  const actor = /^[0-9a-f-]{36}$/.test(event.actorid) ? event.actorid : null;
  await sql`
    insert into timeline (event_id, time, event, noun, record_id, version, subject_id, actor_id, reason, imported)
    values (${event.id}, ${event.time}, ${event.type}, ${event.noun}, ${event.subject}, ${Number(event.sequence)}, ${subject}, ${actor}, ${event.reason ?? ''}, ${event.imported === 'true'})
    on conflict do nothing`.execute(tx.sql);
};

/** A service that has things to tell joins here with a line. */
export const timelineConsumers: Consumer[] = [
  {
    name: 'customer_timeline',
    from: 'customer',
    subjects: ['crm.customer.lead.>', 'crm.customer.customer.>', 'crm.customer.contact.>', 'crm.customer.activity.>'],
    react: enter,
  },
  { name: 'customer_timeline-sales', from: 'sales', subjects: ['crm.sales.opportunity.>'], react: enter },
];
