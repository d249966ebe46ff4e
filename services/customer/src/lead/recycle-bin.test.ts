import { runAs } from '@pelagic/chassis/testing/callers';
import { Contact } from '@pelagic/proto/crm/customer/v1/contact';
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
      await act((tx) => bulk.undelete!(tx, one, undefined));
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

  describe('of somebody who has left', () => {
    const LEFT = { fields: [{ field: 'ownerId', reason: 'OWNER_NOT_ACTIVE' }] };
    const { 'lead.assign': _, 'customer.assign': __, ...withoutAssign } = everything('ALL');
    let count = 0;

    const orphan = async () => {
      const leaver = await started.person({ permissions: everything('ALL') });
      count += 1;
      const { lead } = await leaver.leads.createLead({
        lead: Lead.fromJSON({ name: '李雷', phones: [`1381144${String(count).padStart(4, '0')}`], ownerId: leaver.id }),
        requestId: '',
        validateOnly: false,
      });
      await leaver.leads.deleteLead({ id: lead!.id, version: 0 });
      await started.database.sql
        .updateTable('directory_employee')
        .set({ state: 'EMPLOYEE_STATE_LEFT' })
        .where('id', '=', leaver.id)
        .execute();
      return { id: lead!.id, leaver };
    };

    it('comes out only to somebody who works here', async () => {
      const { id, leaver } = await orphan();
      const manager = await started.person({ permissions: everything('ALL') });
      const heir = await started.person({ permissions: everything('OWN') });
      await expect(manager.leads.undeleteLead({ id })).rejects.toMatchObject(LEFT);
      await expect(manager.leads.undeleteLead({ id, ownerId: leaver.id })).rejects.toMatchObject({
        fields: [{ field: 'ownerId', reason: 'EMPLOYEE_NOT_ACTIVE' }],
      });
      const { lead } = await manager.leads.undeleteLead({ id, ownerId: heir.id });
      expect(lead).toMatchObject({ ownerId: heir.id, departmentId: heir.departmentId, deleteTime: undefined });
      expect((await started.events(id)).map(({ subject }) => subject.split('.')[3])).toEqual([
        'created',
        'deleted',
        'restored',
      ]);
    });

    it('is taken over by whoever may delete it, who gives it to nobody else without the right to assign', async () => {
      const { id } = await orphan();
      const clerk = await started.person({ permissions: withoutAssign });
      const heir = await started.person({ permissions: everything('OWN') });
      const denied = { code: 'PERMISSION_DENIED', params: { permission: 'lead.assign' } };
      await expect(clerk.leads.undeleteLead({ id, ownerId: heir.id })).rejects.toMatchObject(denied);
      const { lead } = await clerk.leads.undeleteLead({ id, ownerId: clerk.id });
      expect(lead).toMatchObject({ ownerId: clerk.id });
      const thief = await started.person({ permissions: withoutAssign });
      await thief.leads.deleteLead({ id, version: 0 });
      await expect(thief.leads.undeleteLead({ id, ownerId: thief.id })).rejects.toMatchObject(denied);
    });

    it('comes out in bulk under the same rule, and a customer brings its contacts along', async () => {
      const leaver = await started.person({ permissions: everything('ALL') });
      const manager = await started.person({ permissions: everything('ALL') });
      const caller = await started.callers.identify(manager.token);
      const { customer } = await leaver.customers.createCustomer({
        customer: Customer.fromJSON({ name: '离岸贸易' }),
        requestId: '',
        validateOnly: false,
      });
      const { contact } = await leaver.contacts.createContact({
        contact: Contact.fromJSON({ name: '王芳', customerId: customer!.id }),
        requestId: '',
        validateOnly: false,
      });
      await leaver.customers.deleteCustomer({ id: customer!.id, version: 0 });
      await started.database.sql
        .updateTable('directory_employee')
        .set({ state: 'EMPLOYEE_STATE_SUSPENDED' })
        .where('id', '=', leaver.id)
        .execute();
      const undelete = (ownerId?: string) =>
        runAs(caller, () =>
          started.database.transact((tx) =>
            customerBulk(started.service).undelete!(tx, { id: customer!.id, version: 0, caller }, ownerId),
          ),
        );
      await expect(undelete()).rejects.toMatchObject(LEFT);
      await undelete(manager.id);
      expect((await manager.contacts.getContact({ id: contact!.id })).contact).toMatchObject({ ownerId: manager.id });
    });
  });
});
