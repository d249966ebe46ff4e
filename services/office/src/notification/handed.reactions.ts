import type { Consumer } from '@pelagic/chassis/consumer';
import type { Tx } from '@pelagic/chassis/database';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { camel } from '@pelagic/chassis/projection';
import { isNews, notify } from './notify.ts';

/** A hand that gives many gives them within this. */
const GATHER_MS = 600_000;

type Assigned = { id: string; ownerId?: string };

/** Tells who is the new owner of a record, when somebody else made them that. */
export const tellOwner = async (tx: Tx, event: EventEnvelope, nowMs: number): Promise<void> => {
  const { type, noun, time, actorid, actorkind, imported, data } = event;
  const before = data['before'] as Record<string, unknown> | undefined;
  const record = data[camel(noun)] as Assigned | undefined;
  if (!type.endsWith('.assigned.v1') || imported || !record?.ownerId) return;
  // A department that moved is no new owner.
  if (!before || !('ownerId' in before) || before['ownerId'] === record.ownerId) return;
  if (!isNews(time, nowMs)) return;
  const person = actorkind === 'employee' || actorkind === 'api_key' ? actorid : undefined;
  await notify(tx, {
    employeeId: record.ownerId,
    kind: 'NOTIFICATION_KIND_RECORD_HANDED',
    cause: `${noun}/${actorid}/${Math.floor(Date.parse(time) / GATHER_MS)}`,
    recordNoun: noun,
    recordId: event.subject,
    actorId: person,
    gathers: true,
  });
};

const react = (tx: Tx, event: EventEnvelope): Promise<void> => tellOwner(tx, event, Date.now());

export const handedConsumers: Consumer[] = [
  {
    name: 'office_handed-customer',
    from: 'customer',
    subjects: ['crm.customer.lead.>', 'crm.customer.customer.>'],
    react,
  },
  { name: 'office_handed-sales', from: 'sales', subjects: ['crm.sales.opportunity.>', 'crm.sales.contract.>'], react },
  { name: 'office_handed-marketing', from: 'marketing', subjects: ['crm.marketing.campaign.>'], react },
  { name: 'office_handed-ticket', from: 'ticket', subjects: ['crm.ticket.ticket.>'], react },
];
