import { randomUUID } from 'node:crypto';
import { forgetDefinitions } from '@pelagic/capabilities/custom-field/definitions';
import type { TestPerson } from '@pelagic/chassis/testing/callers';
import { Lead } from '@pelagic/proto/crm/customer/v1/lead';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything, startCustomerService } from '../testing.ts';
import { salesNeighbour, startConversion } from './testing.ts';

let started: Awaited<ReturnType<typeof startCustomerService>>;
let conversion: Awaited<ReturnType<typeof startConversion>>;
const sales = salesNeighbour();

beforeAll(async () => {
  started = await startCustomerService();
  conversion = await startConversion(started, sales);
});
afterAll(async () => {
  await conversion.stop();
  await started.stop();
});

const RIGHTS: ReturnType<typeof everything> = { ...everything('ALL'), 'opportunity.create': 'ALL' };
const define = async (noun: string, slug: string, kind: string, choices: string[] = []) => {
  const listed = JSON.stringify(choices.map((choice) => ({ slug: choice, label: choice })));
  const time = new Date();
  await started.database.sql
    .insertInto('custom_field')
    .values({ noun, slug, label: slug, kind, choices: listed, version: 1, create_time: time, update_time: time })
    .execute();
  forgetDefinitions(noun);
};
const enter = async (person: Awaited<ReturnType<typeof started.person>>, fields: object = {}) => {
  const lead = Lead.fromJSON({ name: '韩梅梅', phones: ['13811223344'], ownerId: person.id, ...fields });
  return (await person.leads.createLead({ lead, requestId: '', validateOnly: false })).lead!;
};

describe('the custom fields of a lead', () => {
  it('go to customer, contact and deal, each as far as it has the same', async () => {
    await define('lead', 'hobby', 'CUSTOM_FIELD_KIND_TEXT');
    await define('lead', 'tier', 'CUSTOM_FIELD_KIND_CHOICE', ['gold', 'silver']);
    await define('lead', 'only_here', 'CUSTOM_FIELD_KIND_TEXT');
    await define('customer', 'hobby', 'CUSTOM_FIELD_KIND_TEXT');
    await define('customer', 'tier', 'CUSTOM_FIELD_KIND_CHOICE', ['silver']);
    await define('contact', 'hobby', 'CUSTOM_FIELD_KIND_NUMBER');
    await define('contact', 'tier', 'CUSTOM_FIELD_KIND_CHOICE', ['gold']);
    const person = await started.person({ permissions: RIGHTS });
    conversion.knowsToken(person);
    const custom = { hobby: { text: '登山' }, tier: { choices: { ids: ['gold'] } }, only_here: { text: 'x' } };
    const lead = await enter(person, { custom });
    const { conversion: made } = await conversion.convert(person, { id: lead.id });
    const { customer } = await person.customers.getCustomer({ id: made!.customerId });
    const { contact } = await person.contacts.getContact({ id: made!.contactId });
    const [hobby, tier] = [lead.custom['hobby'], lead.custom['tier']];
    expect(customer!.custom).toEqual({ hobby });
    expect(contact!.custom).toEqual({ tier });
    // Which of them fit is for sales to say.
    expect(sales.deals.get(made!.opportunityId!)!.custom).toMatchObject({ hobby, tier });
  });

  it('go on as amount and currency, whatever they were worth when the lead was entered', async () => {
    await define('lead', 'budget', 'CUSTOM_FIELD_KIND_MONEY');
    await define('customer', 'budget', 'CUSTOM_FIELD_KIND_MONEY');
    const person = await started.person({ permissions: RIGHTS });
    conversion.knowsToken(person);
    const custom = { budget: { money: { amount: '50000', currency: 'CNY' } } };
    const lead = await enter(person, { phones: ['13811223355'], custom });
    const { conversion: made } = await conversion.convert(person, { id: lead.id });
    const { customer } = await person.customers.getCustomer({ id: made!.customerId });
    const worth = { amount: '50000.00', currency: 'CNY' };
    expect(customer!.custom['budget']!.value).toMatchObject({ value: { ...worth, baseAmount: '50000.00' } });
    expect(sales.deals.get(made!.opportunityId!)!.custom['budget']!.value).toMatchObject({ value: worth });
  });
});

it('the tags of a lead go to its customer and contact, but for those no longer in use', async () => {
  const time = new Date();
  const tag = (name: string, retired = false) => ({
    ...{ id: randomUUID(), version: 1, name, color: 'TAG_COLOR_GREY', exclusive_group: '', retired },
    ...{ service: 'customer', create_time: time, update_time: time },
  });
  const [vip, fair, old] = [tag('VIP'), tag('展会'), tag('旧', true)];
  await started.database.sql.insertInto('tag').values([vip, fair, old]).execute();
  const person = await started.person({ permissions: RIGHTS });
  conversion.knowsToken(person);
  const lead = await enter(person, { phones: ['13811223366'], tagIds: [vip.id, fair.id] });
  await expect(enter(person, { phones: ['13811223366'], tagIds: [old.id] })).rejects.toMatchObject({
    fields: [{ field: 'lead.tagIds', reason: 'TAG_RETIRED', params: { name: '旧' } }],
  });
  await started.database.sql
    .updateTable('lead')
    .set({ tag_ids: [old.id, vip.id, fair.id] })
    .where('id', '=', lead.id)
    .execute();
  const { conversion: made } = await conversion.convert(person, { id: lead.id });
  const { customer } = await person.customers.getCustomer({ id: made!.customerId });
  const { contact } = await person.contacts.getContact({ id: made!.contactId });
  expect([customer!.tagIds, contact!.tagIds]).toEqual([
    [vip.id, fair.id],
    [vip.id, fair.id],
  ]);
});

describe('the name of a deal that is given none', () => {
  let count = 0;
  const dealOf = async (fields: TestPerson['fields'], request: object = {}, kind = '公司') => {
    const owner = await started.person({ permissions: RIGHTS });
    const converter = await started.person({ permissions: RIGHTS, ...(fields && { fields }) });
    conversion.knowsToken(converter);
    count += 1;
    const company = kind && `第${count}${kind}`;
    const lead = await enter(owner, { company, phones: [`1381177${String(count).padStart(4, '0')}`] });
    const { conversion: made } = await conversion.convert(converter, { id: lead.id, ...request });
    return { lead, deal: sales.deals.get(made!.opportunityId!)! };
  };

  it('is that of the company, or else of the person', async () => {
    const { lead, deal } = await dealOf({});
    expect(deal.name).toBe(lead.company);
    expect((await dealOf({}, {}, '')).deal.name).toBe('韩梅梅');
  });

  it.each<TestPerson['fields']>([
    { customer: { masked: ['name'] } },
    { customer: { hidden: ['name'] } },
    { lead: { masked: ['company'] } },
  ])('does not tell a company whose name the converter may not see: %j', async (fields) => {
    expect((await dealOf(fields)).deal.name).toBe('韩梅梅');
  });

  it('is the number of the lead when the converter may see no name of it', async () => {
    const { lead, deal } = await dealOf({ lead: { hidden: ['company', 'name'] } });
    expect(deal.name).toBe(lead.number);
  });

  it('is what they call the customer themselves, when they may see what it is called', async () => {
    const called = (customerName: string) => ({ customerName });
    expect((await dealOf({ lead: { masked: ['company'] } }, called('甲公司'))).deal.name).toBe('甲公司');
    expect((await dealOf({ customer: { masked: ['name'] } }, called('乙公司'))).deal.name).toBe('韩梅梅');
    const { lead, deal } = await dealOf({ customer: { masked: ['name'] } }, {}, '');
    expect(deal.name).toBe(lead.number);
  });
});
