import { runAs } from '@pelagic/chassis/testing/callers';
import { Customer } from '@pelagic/proto/crm/customer/v1/customer';
import { Lead } from '@pelagic/proto/crm/customer/v1/lead';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customerBulk } from '../customer/customer.import.ts';
import { everything, startCustomerService } from '../testing.ts';
import { leadBulk } from './lead.import.ts';

let started: Awaited<ReturnType<typeof startCustomerService>>;

beforeAll(async () => {
  started = await startCustomerService();
});
afterAll(() => started.stop());

describe('what lies in the recycle bin', () => {
  it('is handed over too, and comes out as the heir’s', async () => {
    const person = await started.person({ permissions: everything('ALL') });
    const heir = await started.person({ permissions: everything('ALL') });
    const caller = await started.callers.identify(person.token);
    const { customer } = await person.customers.createCustomer({
      customer: Customer.fromJSON({ name: '沉船打捞' }),
      requestId: '',
      validateOnly: false,
    });
    const { lead } = await person.leads.createLead({
      lead: Lead.fromJSON({ name: '李雷', phones: ['13811223355'], ownerId: person.id }),
      requestId: '',
      validateOnly: false,
    });
    for (const [bulk, { id }] of [
      [leadBulk(started.service), lead!],
      [customerBulk(started.service), customer!],
    ] as const) {
      const one = { id, version: 0, caller };
      const act = (work: (tx: Parameters<NonNullable<typeof bulk.delete>>[0]) => Promise<unknown>) =>
        runAs(caller, () => started.database.transact(work));
      await act((tx) => bulk.delete!(tx, one));
      await act((tx) => bulk.assign!(tx, { ...one, deleted: true }, heir.id, 'left'));
      await act((tx) => bulk.undelete!(tx, one));
    }
    const { lead: back } = await person.leads.getLead({ id: lead!.id });
    const { customer: also } = await person.customers.getCustomer({ id: customer!.id });
    expect([back!.ownerId, back!.deleteTime, also!.ownerId, also!.deleteTime]).toEqual([
      heir.id,
      undefined,
      heir.id,
      undefined,
    ]);
  });
});
