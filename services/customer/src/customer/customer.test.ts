import { Contact } from '@pelagic/proto/crm/customer/v1/contact';
import { Customer } from '@pelagic/proto/crm/customer/v1/customer';
import { Lead } from '@pelagic/proto/crm/customer/v1/lead';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { applyOpportunities } from '../activity/opportunity-subject.ts';
import { findDuplicates } from '../conversion/duplicates.ts';
import { everything, LIST, startCustomerService } from '../testing.ts';

type Started = Awaited<ReturnType<typeof startCustomerService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let manager: Person;

const create = async (person: Person, fields: object) =>
  (await person.customers.createCustomer({ customer: Customer.fromJSON(fields), requestId: '', validateOnly: false }))
    .customer!;
const addContact = async (person: Person, fields: object) =>
  (await person.contacts.createContact({ contact: Contact.fromJSON(fields), requestId: '', validateOnly: false }))
    .contact!;

beforeAll(async () => {
  started = await startCustomerService();
  manager = await started.person({ permissions: everything('ALL') });
});
afterAll(() => started.stop());

describe('a company', () => {
  it('is entered once: of two who enter it at the same time one is refused', async () => {
    const outcomes = await Promise.allSettled(
      ['上海远达海运有限公司', ' 上海 远达海运 有限公司'].map((name) => create(manager, { name })),
    );
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const refused = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(refused.reason).toMatchObject({ code: 'ALREADY_EXISTS' });
  });

  it('has one tax number, and people may share a phone', async () => {
    await create(manager, { name: '甲公司', taxId: '91310000MA1FL0AA1X', phones: ['021-62345678'] });
    await expect(create(manager, { name: '乙公司', taxId: '91310000ma1fl0aa1x' })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
    await expect(create(manager, { name: '丙公司', phones: ['(021) 6234 5678'] })).resolves.toMatchObject({
      phones: ['+862162345678'],
    });
  });

  it('stays while it has open deals', async () => {
    const { id: customerId } = await create(manager, { name: '有商机公司' });
    const deal = { id: uuidv7(), version: 1, state: { name: '商机', customerId, state: 'OPPORTUNITY_STATE_OPEN' } };
    await started.database.transact((tx) => applyOpportunities(tx, [deal]));
    await expect(manager.customers.deleteCustomer({ id: customerId, version: 0 })).rejects.toMatchObject({
      reason: 'HAS_OPEN_DEALS',
    });
    const lost = { ...deal, version: 2, state: { ...deal.state, state: 'OPPORTUNITY_STATE_LOST' } };
    await started.database.transact((tx) => applyOpportunities(tx, [lost]));
    await manager.customers.deleteCustomer({ id: customerId, version: 0 });
  });

  it('gives its name free in the recycle bin, and cannot come back while another has it', async () => {
    const first = await create(manager, { name: '丁公司' });
    await manager.customers.deleteCustomer({ id: first.id, version: 0 });
    const second = await create(manager, { name: '丁公司' });
    await expect(manager.customers.undeleteCustomer({ id: first.id })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
    await manager.customers.deleteCustomer({ id: second.id, version: 0 });
    await expect(manager.customers.undeleteCustomer({ id: first.id })).resolves.toMatchObject({
      customer: { id: first.id, version: 3 },
    });
  });

  it('never stands above itself, not by two changes at once either', async () => {
    const [above, below] = [await create(manager, { name: '总公司' }), await create(manager, { name: '分公司' })];
    const put = (id: string, parentId: string) =>
      manager.customers.updateCustomer({
        id,
        customer: Customer.fromJSON({ parentId }),
        updateMask: ['parent_id'],
      });
    const outcomes = await Promise.allSettled([put(above.id, below.id), put(below.id, above.id)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(put(above.id, above.id)).rejects.toMatchObject({ fields: [{ field: 'customer.parentId' }] });
  });
});

it('is seen by both scopes of a person: their reports’ and their department’s', async () => {
  const [report, colleague, stranger] = await Promise.all(
    [1, 2, 3].map(() => started.person({ permissions: everything('OWN') })),
  );
  const owners = [report!, colleague!, stranger!];
  const customers = await Promise.all(owners.map((owner, index) => create(owner, { name: `Reach ${index}` })));
  const scopes = { 'customer.read': ['SUBORDINATES' as const, 'DEPARTMENT' as const] };
  const leader = await started.person({
    permissions: scopes,
    subordinateIds: [report!.id],
    departmentId: colleague!.departmentId,
  });
  const { customers: seen } = await leader.customers.listCustomers({ ...LIST, query: 'reach', orderBy: 'name' });
  expect(seen.map(({ id }) => id)).toEqual(customers.slice(0, 2).map(({ id }) => id));
  const each = await Promise.allSettled(customers.map(({ id }) => leader.customers.getCustomer({ id })));
  expect(each.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
});

describe('an external id', () => {
  type Entered = { id: string };
  type Ways = {
    add: () => Promise<Entered>;
    bin: (id: string) => Promise<unknown>;
    back: (id: string) => Promise<unknown>;
  };
  const asked = { requestId: '', validateOnly: false };
  const fields = { name: 'External', externalId: 'crm:7' };
  const ways: Record<string, () => Promise<Ways> | Ways> = {
    lead: () => ({
      add: async () =>
        (await manager.leads.createLead({ ...asked, lead: Lead.fromJSON({ ...fields, emails: ['a@b.example'] }) }))
          .lead!,
      bin: (id) => manager.leads.deleteLead({ id, version: 0 }),
      back: (id) => manager.leads.undeleteLead({ id }),
    }),
    customer: () => ({
      add: () => create(manager, { ...fields, kind: 'CUSTOMER_KIND_PERSON' }),
      bin: (id) => manager.customers.deleteCustomer({ id, version: 0 }),
      back: (id) => manager.customers.undeleteCustomer({ id }),
    }),
    contact: async () => {
      const { id: customerId } = await create(manager, { name: '丑公司' });
      return {
        add: () => addContact(manager, { ...fields, customerId }),
        bin: (id) => manager.contacts.deleteContact({ id, version: 0 }),
        back: (id) => manager.contacts.undeleteContact({ id }),
      };
    },
  };

  it.each(Object.keys(ways))('is one living %s’s; the recycle bin gives it free', async (noun) => {
    const { add, bin, back } = await ways[noun]!();
    const taken = {
      code: 'ALREADY_EXISTS',
      reason: 'EXTERNAL_ID_TAKEN',
      fields: [{ field: `${noun}.externalId`, reason: 'EXTERNAL_ID_TAKEN' }],
    };
    const first = await add();
    await expect(add()).rejects.toMatchObject(taken);
    await bin(first.id);
    const second = await add();
    await expect(back(first.id)).rejects.toMatchObject(taken);
    await bin(second.id);
    await back(first.id);
  });
});

describe('look-alikes', () => {
  const alike = async (person: Person, draft: object) =>
    findDuplicates(
      started.database.sql,
      { noun: 'lead', excludeId: '', name: '', taxId: '', phones: [], emails: [], ...draft },
      await started.callers.identify(person.token),
    );

  it('are found by phone, mail, tax number and company name, however they are written', async () => {
    const { id } = await create(manager, {
      name: '庚科技有限公司',
      taxId: '91310000MA1FL0BB2Y',
      phones: ['13900000001'],
      emails: ['info@geng.example.com'],
    });
    const found = await alike(manager, {
      name: '庚科技 有限公司',
      taxId: '91310000ma1fl0bb2y',
      phones: ['+86 139 0000 0001'],
      emails: ['INFO@geng.example.com'],
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ id, noun: 'customer', selectable: true });
    expect(found[0]!.matchedBy.toSorted()).toEqual(['email', 'name', 'phone', 'tax_id']);
  });

  it('mean the customer of a contact with that phone, too', async () => {
    const { id } = await create(manager, { name: '壬贸易公司' });
    await addContact(manager, { name: '王芳', customerId: id, phones: ['13900000003'] });
    const found = await alike(manager, { noun: 'lead', phones: ['139 0000 0003'] });
    expect(found.map(({ noun }) => noun)).toEqual(['customer', 'contact']);
    expect(found[0]).toMatchObject({ id, matchedBy: ['phone'], selectable: true, blocking: false });
  });

  it('outside of the scope show a masked name and cannot be chosen', async () => {
    const stranger = await started.person({ permissions: everything('OWN') });
    await create(manager, { name: '辛集团', phones: ['13900000002'] });
    expect(await alike(stranger, { phones: ['13900000002'] })).toMatchObject([
      { name: '辛**', selectable: false, ownerId: manager.id },
    ]);
  });

  it('are told to who may write or read such records, of nouns that they may read, and of any other what blocks', async () => {
    const [phone, taxId] = ['13900000004', '91310000MA1FL0CC3Z'];
    const customer = await create(manager, { name: '癸公司', taxId, phones: [phone] });
    await addContact(manager, { name: '赵雷', customerId: customer.id, phones: [phone] });
    const nobody = await started.person({ permissions: { 'activity.read': 'ALL' } });
    await expect(alike(nobody, { phones: [phone] })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(alike(manager, { noun: 'opportunity', phones: [phone] })).rejects.toMatchObject({
      fields: [{ field: 'noun', reason: 'UNKNOWN_NOUN' }],
    });
    const clerk = await started.person({ permissions: { 'lead.create': 'OWN', 'customer.create': 'OWN' } });
    expect(await alike(clerk, { noun: 'lead', phones: [phone], taxId })).toEqual([]);
    expect(await alike(clerk, { noun: 'customer', phones: [phone], taxId })).toMatchObject([
      { id: customer.id, name: '癸**', matchedBy: ['tax_id'], blocking: true, selectable: false },
    ]);
  });

  it('are not found by what is hidden from the person or masked for them', async () => {
    const [phone, email] = ['13900000005', 'info@zi.example.com'];
    const customer = await create(manager, { name: '子公司', phones: [phone], emails: [email] });
    await addContact(manager, { name: '钱枫', customerId: customer.id, phones: [phone] });
    const analyst = await started.person({
      permissions: everything('ALL'),
      fields: { customer: { masked: ['phones'], hidden: ['name'] }, contact: { hidden: ['phones'] } },
    });
    expect(await alike(analyst, { name: '子公司', phones: [phone] })).toEqual([]);
    expect(await alike(analyst, { phones: [phone], emails: [email] })).toMatchObject([
      { id: customer.id, name: '', matchedBy: ['email'], ownerId: manager.id },
    ]);
    const stranger = await started.person({
      permissions: everything('ALL'),
      fields: { customer: { hidden: ['ownerId'] } },
    });
    expect(await alike(stranger, { emails: [email] })).toMatchObject([{ id: customer.id, ownerId: '' }]);
  });
});

it('pages through the list in the order of a column, without gaps', async () => {
  const first = await manager.customers.listCustomers({ ...LIST, orderBy: 'name', pageSize: 3, count: true });
  const second = await manager.customers.listCustomers({
    ...LIST,
    orderBy: 'name',
    pageSize: 100,
    pageToken: first.nextPageToken,
  });
  const ids = [...first.customers, ...second.customers].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(first.totalSize!);
});
