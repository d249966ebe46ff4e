import { applyChange, lockRecord } from '@pelagic/capabilities/record/records';
import { serviceCaller } from '@pelagic/chassis/caller';
import { runIn } from '@pelagic/chassis/context';
import type { Work } from '@pelagic/chassis/queue';
import { sql } from 'kysely';
import { checkCustomer } from '../customer/customer.ts';
import type { TicketService } from '../ticket-service.ts';
import { ticket, type TicketRow } from '../ticket/ticket.ts';

export const MATCH_QUEUE = 'ticket-requester';

/**
 * Says whose a ticket is that came in by a form: of the contact or customer that alone has this mail address or number. After
 * the stranger was answered, and nothing that a stranger is told depends on it. What a person has said meanwhile stands.
 */
export const matchRequester = async (service: TicketService, id: string): Promise<void> => {
  const { database, customers } = service;
  const caller = serviceCaller('ticket');
  const { rows } = await sql<TicketRow>`
    select * from ticket where id = ${id} and customer_id is null and delete_time is null`.execute(database.sql);
  if (!rows[0]) return;
  const { requester_phone: phone, requester_email: email } = rows[0];
  const found = await customers.reachedBy({ phone, email });
  if (!found.customerId) return;
  await database.transact(async (tx) => {
    await checkCustomer(customers, tx, found.customerId!);
    const locked = await lockRecord<TicketRow>(tx, ticket, id, caller, { action: 'update' });
    if (locked.customer_id) return;
    await applyChange(tx, ticket, locked, { verb: 'updated' }, (draft) => {
      draft.customer_id = found.customerId!;
      draft.contact_id = found.contactId ?? null;
    });
  });
};

export const matchWork = (service: TicketService): Work<{ id: string }> => ({
  queue: MATCH_QUEUE,
  options: { retryLimit: 100, retryDelay: 2, retryBackoff: true, retryDelayMax: 300 },
  concurrency: 1,
  run: ({ id }) =>
    runIn({ caller: serviceCaller('ticket'), deadline: Date.now() + 30_000 }, () => matchRequester(service, id)),
});
