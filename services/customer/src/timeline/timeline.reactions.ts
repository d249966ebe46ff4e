import { append } from '@pelagic/chassis/append';
import type { Consumer } from '@pelagic/chassis/consumer';
import type { Tx } from '@pelagic/chassis/database';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { sql } from 'kysely';
import { BELONGING, BELONGING_NOUNS } from './belonging.ts';

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

/** What is known by now of follow-ups that were logged: one that was parked is driven again after the correction that followed it. */
const placeLogged = async (tx: Tx, entries: ReturnType<typeof entryOf>[]): Promise<void> => {
  const logged = entries.filter(({ event }) => event === LOGGED);
  if (!logged.length) return;
  const { rows } = await sql<{ id: string; happen_time: Date }>`
    select id, happen_time from activity where id = any(${logged.map(({ record_id }) => record_id)}::uuid[])`.execute(
    tx.sql,
  );
  const times = new Map(rows.map(({ id, happen_time: time }) => [id, new Date(time).toISOString()]));
  for (const entry of logged) entry.time = times.get(entry.record_id) ?? entry.time;
};

const enterAll = async (tx: Tx, events: EventEnvelope[]): Promise<void> => {
  const entries = events.map(entryOf);
  await placeLogged(tx, entries);
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
  ...BELONGING_NOUNS.map((noun): Consumer => {
    const from = BELONGING[noun];
    return { name: `customer_timeline-${noun}s`, from, subjects: [`crm.${from}.${noun}.>`], reactAll: enterAll };
  }),
];
