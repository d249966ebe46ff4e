import type { Contract, Instalment } from '@pelagic/proto/crm/sales/v1/contract';
import type { Consumer } from '@pelagic/chassis/consumer';
import type { Tx } from '@pelagic/chassis/database';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { notify } from './notify.ts';

/** What was due longer ago than a service may be away is history that somebody brought in, and no news. */
const NEWS_DAYS = 7;

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

/** Instalments that the event is the first to call overdue, and that fell due lately. */
const lately = ({ businessdate, data }: EventEnvelope): Instalment[] => {
  const { instalments = [] } = data['contract'] as Partial<Contract>;
  const before = (data['before'] as Partial<Contract> | undefined)?.instalments ?? [];
  const known = new Set(before.filter(({ overdueTime }) => overdueTime).map(({ id }) => id));
  return instalments.filter(
    ({ id, dueDate, overdueTime }) => overdueTime && !known.has(id) && daysBetween(dueDate, businessdate) <= NEWS_DAYS,
  );
};

/** The owner of a contract hears of what was not paid in time: once for what fell due together. */
export const tellOverdue = async (tx: Tx, event: EventEnvelope): Promise<void> => {
  if (event.type !== 'crm.sales.contract.fell_due.v1' || !lately(event).length) return;
  await notify(tx, {
    employeeId: (event.data['contract'] as Contract).ownerId,
    kind: 'NOTIFICATION_KIND_INSTALMENT_OVERDUE',
    cause: event.id,
    recordNoun: 'contract',
    recordId: event.subject,
    actorId: undefined,
  });
};

export const overdueConsumer: Consumer = {
  name: 'office_overdue-instalments',
  from: 'sales',
  subjects: ['crm.sales.contract.>'],
  react: tellOverdue,
};
