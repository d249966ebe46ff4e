import { handleBatch } from '@pelagic/chassis/inbox';
import { uuidv7, type EventEnvelope } from '@pelagic/chassis/outbox';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columnsFor } from '@pelagic/capabilities/export/column';
import { namesOf } from '@pelagic/capabilities/export/run-export';
import { opportunity } from '../opportunity/opportunity.ts';
import { english, everything, LIST, newDeal, startSalesService } from '../testing.ts';
import { customerNames } from './customer.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let manager: Person;

beforeAll(async () => {
  started = await startSalesService();
  manager = await started.person({ permissions: everything('ALL') });
  await manager.pipelines.createPipeline({ pipeline: english(), requestId: '' });
});
afterAll(() => started.stop());

/** What the customer service tells of one of its customers. */
const tell = (id: string, version: number, state: object) => {
  const event = {
    id: uuidv7(),
    type: 'crm.customer.customer.updated.v1',
    subject: id,
    sequence: String(version),
    time: new Date().toISOString(),
    data: { customer: { id, version, name: 'Customer', ...state } },
  } as unknown as EventEnvelope;
  return handleBatch({ service: 'sales', database: started.database }, started.service.customers.projection.consumer, [
    event,
  ]);
};
const found = async (person: Person, query: string) =>
  (await person.deals.listOpportunities({ ...LIST, query })).opportunities.length;
const reader = () => started.person({ permissions: { 'opportunity.read': 'ALL', 'customer.read': 'OWN' } });

describe('the copy of the customers', () => {
  it('follows their names, and fetches anew what it missed', async () => {
    const id = started.customer({ name: 'Ocean One' }, manager);
    await manager.deals.createOpportunity(newDeal({ customerId: id }));
    expect(await found(manager, 'ocean one')).toBe(1);
    await tell(id, 2, { name: 'Ocean Two' });
    expect([await found(manager, 'ocean one'), await found(manager, 'ocean two')]).toEqual([0, 1]);
    started.customerStates.set(id, { id, version: 5, name: 'Ocean Five' });
    await tell(id, 4, { name: 'Ocean Four' });
    expect(await found(manager, 'ocean five')).toBe(1);
    await tell(id, 5, { name: 'Ocean Five again' });
    expect(await found(manager, 'again')).toBe(0);
  });

  it('knows whom a customer is shared with', async () => {
    const id = started.customer({ name: 'Shared Waters' }, manager);
    await manager.deals.createOpportunity(newDeal({ customerId: id }));
    const mate = await reader();
    expect(await found(mate, 'shared waters')).toBe(0);
    const shares = [{ employeeId: mate.id, access: 'SHARE_ACCESS_READ' }];
    await tell(id, 2, { name: 'Shared Waters', shares });
    expect(await found(mate, 'shared waters')).toBe(1);
    await tell(id, 3, { name: 'Shared Waters', shares: [] });
    expect(await found(mate, 'shared waters')).toBe(0);
  });

  it.each(['hidden', 'masked'])('gives no names to who has them %s', async (how) => {
    const id = started.customer({ name: 'Quiet Harbour' }, manager);
    await manager.deals.createOpportunity(newDeal({ customerId: id }));
    const named = async (person: Person) =>
      (
        await sql`select name from ${customerNames(await started.callers.identify(person.token))} names where id = ${id}`.execute(
          started.database.sql,
        )
      ).rows;
    const blind = await started.person({
      permissions: { 'opportunity.read': 'ALL', 'opportunity.export': 'ALL', 'customer.read': 'ALL' },
      fields: { customer: { [how]: ['name'] } },
    });
    expect([await named(manager), await named(blind)]).toEqual([[{ name: 'Quiet Harbour' }], []]);
    await expect(blind.deals.listOpportunities({ ...LIST, filter: 'customer.name:"Quiet"' })).rejects.toMatchObject({
      fields: [{ reason: 'UNKNOWN_FIELD' }],
    });
  });

  it('takes no new deals for a customer in the recycle bin, and keeps the old ones', async () => {
    const id = started.customer({ name: 'Sunk' }, manager);
    await manager.deals.createOpportunity(newDeal({ customerId: id }));
    await tell(id, 2, { name: 'Sunk', deleteTime: new Date().toISOString() });
    await expect(manager.deals.createOpportunity(newDeal({ customerId: id }))).rejects.toMatchObject({
      fields: [{ field: 'opportunity.customerId', reason: 'CUSTOMER_DELETED' }],
    });
    expect(await found(manager, 'sunk')).toBe(1);
  });

  it('is made anew from the customer service’s snapshot', async () => {
    const id = started.customer({ name: 'Rebuilt' }, manager);
    await manager.deals.createOpportunity(newDeal({ customerId: id }));
    await started.database.sql.updateTable('customer').set({ name: 'Wrong', search: 'wrong' }).execute();
    expect(await found(manager, 'rebuilt')).toBe(0);
    expect(await started.service.customers.projection.rebuild()).toBe(started.customerStates.size);
    expect(await found(manager, 'rebuilt')).toBe(1);
  });
});

describe('the lead of a deal in an export', () => {
  const exported = async (person: Person, ids: string[]) => {
    const caller = await started.callers.identify(person.token);
    const asked = ['leadId'];
    const columns = columnsFor({ noun: opportunity, definitions: [], wordings: [], caller, locale: 'en', asked });
    const rows = ids.map((leadId) => ({ leadId }));
    const names = { lead: { ask: started.service.customers.leadNames } };
    const nameOf = await started.database.transact((tx) => namesOf(tx, names, columns, rows, caller));
    return rows.map((row) => columns[0]!.cell(row, nameOf));
  };
  const permissions = { 'opportunity.read': 'ALL', 'lead.read': 'OWN' } as const;

  it('is its name as far as the person may know it, however many there are', async () => {
    const person = await started.person({ permissions });
    const theirs = Array.from({ length: 130 }, (_, index) => started.customer({ name: `Lead ${index}` }, person));
    const other = started.customer({ name: 'Somebody else’s' });
    expect(await exported(person, [...theirs, other])).toEqual([...theirs.map((_, index) => `Lead ${index}`), other]);
  });

  it.each(['hidden', 'masked'])('is no name to who has it %s', async (how) => {
    const person = await started.person({ permissions, fields: { lead: { [how]: ['name'] } } });
    const id = started.customer({ name: 'Covered' }, person);
    expect(await exported(person, [id])).toEqual([id]);
  });
});
