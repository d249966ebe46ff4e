import { Problem } from '@pelagic/chassis/problem';
import { Contact } from '@pelagic/proto/crm/customer/v1/contact';
import { Customer } from '@pelagic/proto/crm/customer/v1/customer';
import { Lead } from '@pelagic/proto/crm/customer/v1/lead';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { everything, LIST, startCustomerService } from '../testing.ts';
import { salesNeighbour, startConversion } from './testing.ts';

type Started = Awaited<ReturnType<typeof startCustomerService>>;
type Person = Awaited<ReturnType<Started['person']>>;

/** Longer than the queue waits before it takes up what a request left. */
const TAKEN_UP_MS = 20_000;

const RIGHTS: ReturnType<typeof everything> = { ...everything('OWN'), 'opportunity.create': 'OWN' };

let started: Started;
let seller: Person;
let conversion: Awaited<ReturnType<typeof startConversion>>;
const sales = salesNeighbour();

const refuse = () => {
  throw new Problem('FAILED_PRECONDITION', 'STAGE_NOT_NEXT', 'Sales does not take it.');
};
const loseAnswer = () => {
  throw new Problem('UNAVAILABLE', 'UNAVAILABLE', 'The answer is lost.');
};
/** After a pause of seconds the caller's token is over, whoever they are. */
const beLate = () => {
  throw new Problem('UNAUTHENTICATED', 'TOKEN_INVALID', 'The token is over.');
};

beforeAll(async () => {
  started = await startCustomerService();
  conversion = await startConversion(started, sales);
  seller = await signedIn();
});
afterAll(async () => {
  await conversion.stop();
  await started.stop();
});
beforeEach(() => {
  sales.state.before = sales.state.after = () => {};
});

const convert = (person: Person, request: object) => conversion.convert(person, request);

const signedIn = async (permissions = RIGHTS): Promise<Person> => {
  const person = await started.person({ permissions });
  conversion.knowsToken(person);
  return person;
};

let count = 0;
const enter = async (person: Person, fields: object = {}) => {
  count += 1;
  const phones = [`13811${String(count).padStart(6, '0')}`];
  const lead = Lead.fromJSON({ name: '韩梅梅', company: `第${count}电器`, phones, ownerId: person.id, ...fields });
  return (await person.leads.createLead({ lead, requestId: '', validateOnly: false })).lead!;
};
const customers = async (person: Person, deleted = false) =>
  (await person.customers.listCustomers({ ...LIST, deleted, pageSize: 200 })).customers;
const conversionOf = async (leadId: string) =>
  (await started.database.sql
    .selectFrom('conversion')
    .selectAll()
    .where('lead_id', '=', leadId)
    .executeTakeFirstOrThrow()) as { state: string; problem: string; customer_id: string; opportunity_id: string };
const ended = (leadId: string) =>
  expect.poll(async () => (await conversionOf(leadId)).state, { timeout: TAKEN_UP_MS, interval: 200 });
const longAgo = (leadId: string) =>
  started.database.sql
    .updateTable('conversion')
    .set({ create_time: new Date(Date.now() - 3_600_000).toISOString() })
    .where('lead_id', '=', leadId)
    .execute();

const tries = async (leadId: string): Promise<number> => {
  const { rows } = await sql<{ retry_count: number }>`
    select retry_count from queue.job where data ->> 'leadId' = ${leadId} order by created_on desc limit 1`.execute(
    started.database.sql,
  );
  return rows[0]?.retry_count ?? 0;
};

describe('what sales refuses after the first step', () => {
  it('is undone: customer and contact in the recycle bin, the lead as it was, and it converts later', async () => {
    const person = await signedIn();
    const lead = await enter(person);
    sales.state.before = refuse;
    await expect(convert(person, { id: lead.id })).rejects.toMatchObject({ reason: 'STAGE_NOT_NEXT' });
    expect(await conversionOf(lead.id)).toMatchObject({
      state: 'CONVERSION_STATE_FAILED',
      problem: 'Sales does not take it.',
    });
    expect(await customers(person)).toEqual([]);
    expect(await customers(person, true)).toHaveLength(1);
    expect((await person.leads.getLead({ id: lead.id })).lead).toMatchObject({ state: 'LEAD_STATE_ASSIGNED' });
    sales.state.before = () => {};
    const { conversion: made } = await convert(person, { id: lead.id });
    expect(made).toMatchObject({ state: 'CONVERSION_STATE_DONE', problem: '' });
    expect(sales.deals.get(made!.opportunityId!)).toMatchObject({ customerId: made!.customerId });
  });

  it('is undone also when somebody deleted the new customer meanwhile', async () => {
    const person = await signedIn();
    const lead = await enter(person);
    sales.state.before = loseAnswer;
    const { conversion: made } = await convert(person, { id: lead.id });
    await person.customers.deleteCustomer({ id: made!.customerId, version: 0 });
    sales.state.before = refuse;
    await ended(lead.id).toBe('CONVERSION_STATE_FAILED');
  });

  it('keeps the chosen customer', async () => {
    const known = await knownCustomer(seller, '留下的客户');
    const lead = await enter(seller);
    sales.state.before = refuse;
    await expect(convert(seller, { id: lead.id, customerId: known.id })).rejects.toThrow();
    await expect(seller.customers.getCustomer({ id: known.id })).resolves.toMatchObject({ customer: { id: known.id } });
  });
});

const knownCustomer = async (person: Person, name: string, phones: string[] = []) =>
  (
    await person.customers.createCustomer({
      customer: Customer.fromJSON({ name, phones }),
      requestId: '',
      validateOnly: false,
    })
  ).customer!;

describe('a conversion whose answer was lost', () => {
  it('is finished by the queue with the deal that stands', async () => {
    const lead = await enter(seller);
    sales.state.after = loseAnswer;
    const { conversion: made } = await convert(seller, { id: lead.id });
    expect(made).toMatchObject({ state: 'CONVERSION_STATE_RUNNING' });
    await expect(convert(seller, { id: lead.id })).rejects.toMatchObject({ reason: 'CONVERSION_RUNNING' });
    sales.state.after = () => {};
    await ended(lead.id).toBe('CONVERSION_STATE_DONE');
    expect((await seller.leads.getLead({ id: lead.id })).lead).toMatchObject({
      state: 'LEAD_STATE_CONVERTED',
      opportunityId: made!.opportunityId,
    });
  });

  it('is not refused for a token that ended on the way: it will be done all the same', async () => {
    const lead = await enter(seller);
    sales.state.before = beLate;
    const { conversion: made } = await convert(seller, { id: lead.id });
    expect(made).toMatchObject({ state: 'CONVERSION_STATE_RUNNING' });
    sales.state.before = () => {};
    await ended(lead.id).toBe('CONVERSION_STATE_DONE');
  });

  it('keeps the deal that stands when sales refuses the second try', async () => {
    const lead = await enter(seller);
    sales.state.after = loseAnswer;
    const { conversion: made } = await convert(seller, { id: lead.id });
    sales.state.before = refuse;
    await ended(lead.id).toBe('CONVERSION_STATE_DONE');
    expect(sales.deals.has(made!.opportunityId!)).toBe(true);
  });

  it.each([
    ['is completed after its starter was revoked when the deal stands', true, 'CONVERSION_STATE_DONE'],
    ['is undone after its starter was revoked when there is no deal', false, 'CONVERSION_STATE_FAILED'],
  ])('%s', async (_, stands, state) => {
    const leaver = await signedIn();
    const lead = await enter(leaver);
    if (stands) sales.state.after = loseAnswer;
    else sales.state.before = loseAnswer;
    await convert(leaver, { id: lead.id });
    conversion.leaves(leaver);
    await longAgo(lead.id);
    await ended(lead.id).toBe(state);
    expect(await customers(leaver)).toHaveLength(stands ? 1 : 0);
  });

  it('is not undone while the request of a revoked starter may still be under way', async () => {
    const leaver = await signedIn();
    const lead = await enter(leaver);
    sales.state.before = loseAnswer;
    await convert(leaver, { id: lead.id });
    conversion.leaves(leaver);
    await expect.poll(() => tries(lead.id), { timeout: TAKEN_UP_MS, interval: 200 }).toBeGreaterThan(1);
    expect(await conversionOf(lead.id)).toMatchObject({ state: 'CONVERSION_STATE_RUNNING' });
  });
});

describe('a lead on its way, or arrived', () => {
  it('is neither deleted nor given up', async () => {
    const lead = await enter(seller);
    sales.state.before = loseAnswer;
    await convert(seller, { id: lead.id });
    const give = () =>
      seller.leads.setLeadState({ id: lead.id, state: 'LEAD_STATE_INVALID', reason: '空号', version: 0 });
    const remove = () => seller.leads.deleteLead({ id: lead.id, version: 0 });
    await expect(give()).rejects.toMatchObject({ reason: 'CONVERSION_RUNNING' });
    await expect(remove()).rejects.toMatchObject({ reason: 'CONVERSION_RUNNING' });
    sales.state.before = () => {};
    await ended(lead.id).toBe('CONVERSION_STATE_DONE');
    await expect(remove()).rejects.toMatchObject({ reason: 'LEAD_CONVERTED' });
  });

  it('changes hands all the same: who leaves hands it over with the rest', async () => {
    const lead = await enter(seller);
    await convert(seller, { id: lead.id });
    await ended(lead.id).toBe('CONVERSION_STATE_DONE');
    const heir = await signedIn();
    const assign = (ownerId?: string) =>
      seller.leads.assignLead({ id: lead.id, version: 0, reason: '', ...(ownerId && { ownerId }) });
    await expect(assign()).rejects.toMatchObject({ reason: 'LEAD_CONVERTED' });
    expect((await assign(heir.id)).lead).toMatchObject({ ownerId: heir.id, state: 'LEAD_STATE_CONVERTED' });
  });
});

describe('who converts', () => {
  it.each(['customer.create', 'contact.create'])('needs %s for what is made', async (permission) => {
    const { [permission]: _, ...permissions } = RIGHTS;
    const person = await signedIn(permissions);
    const lead = await enter(person);
    await expect(convert(person, { id: lead.id })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await customers(person)).toEqual([]);
  });

  it('carries over a phone that they may read but not write', async () => {
    const { id, token, ...rest } = await started.person({
      permissions: RIGHTS,
      fields: { contact: { readOnly: ['phones'] } },
    });
    const person = { id, token, ...rest };
    const lead = await enter(person);
    const { conversion: made } = await convert(person, { id: lead.id });
    const { contact } = await person.contacts.getContact({ id: made!.contactId });
    expect(contact).toMatchObject({ phones: lead.phones, creatorId: person.id });
  });

  it('cannot convert what is only shared with them', async () => {
    const friend = await signedIn();
    const lead = await enter(seller);
    await seller.leads.shareLead({
      id: lead.id,
      shares: [{ employeeId: friend.id, access: 'SHARE_ACCESS_WRITE' }],
      version: 0,
    });
    await expect(convert(friend, { id: lead.id })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});

describe('somebody who is known already', () => {
  it('is a warning that can be passed over', async () => {
    const [phone] = ['13912345678'];
    await knownCustomer(seller, '同号公司', [phone!]);
    const lead = await enter(seller, { phones: [phone] });
    await expect(convert(seller, { id: lead.id })).rejects.toMatchObject({ reason: 'DUPLICATE_WARNING' });
    await expect(convert(seller, { id: lead.id, ignoreWarnings: true })).resolves.toMatchObject({
      conversion: { state: 'CONVERSION_STATE_DONE' },
    });
  });

  it('can be chosen: the customer, and the contact there', async () => {
    const phone = '13987654321';
    const known = await knownCustomer(seller, '老客户');
    const { contact } = await seller.contacts.createContact({
      contact: Contact.fromJSON({ name: '李雷', customerId: known.id, phones: [phone] }),
      requestId: '',
      validateOnly: false,
    });
    const lead = await enter(seller, { phones: [phone] });
    const into = { id: lead.id, customerId: known.id };
    await expect(convert(seller, into)).rejects.toMatchObject({ reason: 'DUPLICATE_WARNING' });
    const other = await knownCustomer(seller, '别的客户');
    await expect(convert(seller, { ...into, customerId: other.id, contactId: contact!.id })).rejects.toMatchObject({
      fields: [{ field: 'contactId', reason: 'UNKNOWN_CONTACT' }],
    });
    const { conversion: made } = await convert(seller, { ...into, contactId: contact!.id });
    expect(made).toMatchObject({ customerId: known.id, contactId: contact!.id });
    expect(sales.deals.get(made!.opportunityId!)?.contacts).toMatchObject([{ contactId: contact!.id }]);
  });

  it('warns the second of two who convert leads with one phone or mail at once', async () => {
    const pairs = Array.from({ length: 6 }, async (_, index) => {
      const phones = [`1391122${String(index).padStart(4, '0')}`];
      const emails = [`pair${index}@example.com`];
      const leads = [
        await enter(seller, { phones, emails }),
        await enter(seller, index % 2 ? { phones } : { phones: [], emails }),
      ];
      const answers = await Promise.allSettled(leads.map(({ id }) => convert(seller, { id })));
      return answers.map((answer) => (answer.status === 'rejected' ? answer.reason.reason : 'DONE')).toSorted();
    });
    for (const pair of await Promise.all(pairs)) expect(pair).toEqual(['DONE', 'DUPLICATE_WARNING']);
  });
});
