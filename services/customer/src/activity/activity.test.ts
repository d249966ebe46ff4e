import { uuidv7 } from '@pelagic/chassis/outbox';
import { Activity } from '@pelagic/proto/crm/customer/v1/activity';
import { Customer } from '@pelagic/proto/crm/customer/v1/customer';
import { Lead } from '@pelagic/proto/crm/customer/v1/lead';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything, startCustomerService } from '../testing.ts';
import { applyOpportunities } from './opportunity-subject.ts';

type Started = Awaited<ReturnType<typeof startCustomerService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let seller: Person;

const DAY = 86_400_000;
const date = (days: number) => new Date(Date.now() + days * DAY + 8 * 3_600_000).toISOString().slice(0, 10);
const DUE = { ownerId: '', untilDate: '', pageSize: 0, pageToken: '' };

const enterLead = async () =>
  (
    await seller.leads.createLead({
      lead: Lead.fromJSON({ name: '王小明', phones: ['13800138000'], ownerId: seller.id }),
      requestId: '',
      validateOnly: false,
    })
  ).lead!;
const log = async (person: Person, fields: object) =>
  (
    await person.activities.createActivity({
      activity: Activity.fromJSON({ kind: 'ACTIVITY_KIND_CALL', content: '电话沟通', ...fields }),
      requestId: '',
    })
  ).activity!;

beforeAll(async () => {
  started = await startCustomerService();
  seller = await started.person({
    permissions: { ...everything('OWN'), 'opportunity.read': 'OWN', 'opportunity.update': 'OWN' },
  });
});
afterAll(() => started.stop());

describe('a follow-up', () => {
  it('moves the last and next contact of its subject, and a lead on to contacting', async () => {
    const lead = await enterLead();
    await log(seller, { subjectNoun: 'lead', subjectId: lead.id, nextContactDate: date(3) });
    const { lead: after } = await seller.leads.getLead({ id: lead.id });
    expect(after).toMatchObject({ state: 'LEAD_STATE_CONTACTING', nextContactDate: date(3) });
    expect(after?.lastContactTime).toBeTruthy();
    const told = await sql`select version, subject from outbox where record_id = ${lead.id} order by seq`.execute(
      started.database.sql,
    );
    expect(told.rows).toEqual([
      { version: 1, subject: 'crm.customer.lead.created.v1' },
      { version: 2, subject: 'crm.customer.lead.state_changed.v1' },
    ]);
  });

  it('that is entered late tells nothing of its subject', async () => {
    const lead = await enterLead();
    await log(seller, { subjectNoun: 'lead', subjectId: lead.id, nextContactDate: date(3) });
    const { lead: before } = await seller.leads.getLead({ id: lead.id });
    const yesterday = new Date(Date.now() - DAY).toISOString();
    await log(seller, { subjectNoun: 'lead', subjectId: lead.id, happenTime: yesterday });
    expect((await seller.leads.getLead({ id: lead.id })).lead).toEqual(before);
  });

  it('keeps a time when it is corrected', async () => {
    const lead = await enterLead();
    const { id } = await log(seller, { subjectNoun: 'lead', subjectId: lead.id });
    const cleared = { id, activity: Activity.fromJSON({ content: '电话' }), updateMask: ['happen_time'] };
    await expect(seller.activities.updateActivity(cleared)).rejects.toMatchObject({
      fields: [{ field: 'activity.happenTime', reason: 'REQUIRED' }],
    });
  });

  it('is not logged on what the person may not see, nor in the future', async () => {
    const stranger = await started.person({ permissions: everything('OWN') });
    const lead = await enterLead();
    await expect(log(stranger, { subjectNoun: 'lead', subjectId: lead.id })).rejects.toMatchObject({
      fields: [{ field: 'activity.subjectId', reason: 'UNKNOWN_RECORD' }],
    });
    const tomorrow = new Date(Date.now() + 2 * DAY).toISOString();
    await expect(log(seller, { subjectNoun: 'lead', subjectId: lead.id, happenTime: tomorrow })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

describe('due contacts', () => {
  it('are the promised ones until today, longest waiting first, of one person', async () => {
    const her = await started.person({ permissions: everything('OWN') });
    const { customer } = await her.customers.createCustomer({
      customer: Customer.fromJSON({ name: '应回访公司' }),
      requestId: '',
      validateOnly: false,
    });
    await log(her, { subjectNoun: 'customer', subjectId: customer!.id, nextContactDate: date(0) });
    const later = await her.customers.createCustomer({
      customer: Customer.fromJSON({ name: '下周公司' }),
      requestId: '',
      validateOnly: false,
    });
    await log(her, { subjectNoun: 'customer', subjectId: later.customer!.id, nextContactDate: date(7) });
    const { dueContacts } = await her.activities.listDueContacts(DUE);
    expect(dueContacts.map(({ name }) => name)).toEqual(['应回访公司']);
    const week = await her.activities.listDueContacts({ ...DUE, untilDate: date(7) });
    expect(week.dueContacts.map(({ name }) => name)).toEqual(['应回访公司', '下周公司']);
    expect((await seller.activities.listDueContacts({ ...DUE, ownerId: her.id })).dueContacts).toEqual([]);
  });

  it('tell nothing that is hidden or masked, and are not found by it', async () => {
    const her = await started.person({ permissions: everything('OWN') });
    const { customer } = await her.customers.createCustomer({
      customer: Customer.fromJSON({ name: '保密公司' }),
      requestId: '',
      validateOnly: false,
    });
    await log(her, { subjectNoun: 'customer', subjectId: customer!.id, nextContactDate: date(0) });
    const dueFor = async (fields: NonNullable<Parameters<typeof started.person>[0]['fields']>) => {
      const reader = await started.person({ permissions: everything('ALL'), fields });
      return (await reader.activities.listDueContacts({ ...DUE, ownerId: her.id })).dueContacts;
    };
    expect(await dueFor({})).toMatchObject([{ name: '保密公司', lastContactTime: expect.any(String) }]);
    const [covered] = await dueFor({ customer: { masked: ['name'], hidden: ['lastContactTime'] } });
    expect(covered).toMatchObject({ id: customer!.id, name: '', lastContactTime: undefined });
    for (const field of ['ownerId', 'nextContactDate'])
      expect(await dueFor({ customer: { hidden: [field] } }), field).toEqual([]);
  });

  it('keep a promise that was made after a follow-up that is entered late', async () => {
    const her = await started.person({ permissions: everything('OWN') });
    const { customer } = await her.customers.createCustomer({
      customer: Customer.fromJSON({ name: '补录公司' }),
      requestId: '',
      validateOnly: false,
    });
    const subject = { subjectNoun: 'customer', subjectId: customer!.id };
    await log(her, { ...subject, nextContactDate: date(0) });
    await log(her, { ...subject, happenTime: new Date(Date.now() - 2 * DAY).toISOString() });
    expect((await her.activities.listDueContacts(DUE)).dueContacts.map(({ name }) => name)).toEqual(['补录公司']);
  });

  it('forget a contact that was made since', async () => {
    const her = await started.person({ permissions: everything('OWN') });
    const { customer } = await her.customers.createCustomer({
      customer: Customer.fromJSON({ name: '已回访公司' }),
      requestId: '',
      validateOnly: false,
    });
    await log(her, { subjectNoun: 'customer', subjectId: customer!.id, nextContactDate: date(0) });
    await log(her, { subjectNoun: 'customer', subjectId: customer!.id });
    expect((await her.activities.listDueContacts(DUE)).dueContacts).toEqual([]);
  });
});

describe('what was promised', () => {
  const promise = async (days: number) => {
    const lead = await enterLead();
    await log(seller, { subjectNoun: 'lead', subjectId: lead.id, nextContactDate: date(days) });
    return { subjectNoun: 'lead', subjectId: lead.id };
  };
  const stateOf = async ({ subjectId: id }: { subjectId: string }) => (await seller.leads.getLead({ id })).lead!;

  it('is kept by a contact on its day, and stays when it is of a later one', async () => {
    const [today, later] = [await promise(0), await promise(5)];
    for (const subject of [today, later]) await log(seller, subject);
    expect((await stateOf(today)).nextContactDate).toBeUndefined();
    expect((await stateOf(later)).nextContactDate).toBe(date(5));
  });

  it('is not kept by a note, which is no contact', async () => {
    const subject = await promise(0);
    const before = await stateOf(subject);
    await log(seller, { ...subject, kind: 'ACTIVITY_KIND_NOTE' });
    expect(await stateOf(subject)).toEqual(before);
    const fresh = await enterLead();
    await log(seller, {
      subjectNoun: 'lead',
      subjectId: fresh.id,
      kind: 'ACTIVITY_KIND_NOTE',
      nextContactDate: date(2),
    });
    expect((await seller.leads.getLead({ id: fresh.id })).lead).toMatchObject({
      state: 'LEAD_STATE_ASSIGNED',
      nextContactDate: date(2),
    });
  });

  it('is not moved by somebody who may see the subject and not change it, nor when they correct themselves', async () => {
    const subject = await promise(0);
    const before = await stateOf(subject);
    const reader = await started.person({
      permissions: { 'lead.read': 'ALL', 'activity.create': 'OWN', 'activity.read': 'OWN', 'activity.update': 'OWN' },
    });
    const { id } = await log(reader, { ...subject, nextContactDate: date(9) });
    await reader.activities.updateActivity({
      id,
      activity: Activity.fromJSON({ nextContactDate: date(8) }),
      updateMask: ['nextContactDate'],
    });
    expect(await stateOf(subject)).toEqual(before);
  });
});

describe('a follow-up that was wrong', () => {
  const dueOf = async (person: Person) =>
    (await person.activities.listDueContacts(DUE)).dueContacts.map(({ id }) => id);
  const correct = (id: string, fields: object) =>
    seller.activities.updateActivity({
      id,
      activity: Activity.fromJSON(fields),
      updateMask: Object.keys(fields),
    });
  const takeBack = (id: string) => seller.activities.deleteActivity({ id, version: 0 });

  it.each(['lead', 'customer', 'opportunity'])('corrects what is due of a %s', async (subjectNoun) => {
    const subjectId = await subjects[subjectNoun as keyof typeof subjects]();
    const subject = { subjectNoun, subjectId };
    const yesterday = new Date(Date.now() - DAY).toISOString();
    const first = await log(seller, { ...subject, happenTime: yesterday, nextContactDate: date(0) });
    const second = await log(seller, { ...subject, nextContactDate: date(5) });
    expect(await dueOf(seller)).not.toContain(subjectId);
    await correct(second.id, { nextContactDate: date(0) });
    expect(await dueOf(seller)).toContain(subjectId);
    await correct(second.id, { nextContactDate: date(5) });
    expect(await dueOf(seller)).not.toContain(subjectId);
    await takeBack(second.id);
    expect(await dueOf(seller)).toContain(subjectId);
    await takeBack(first.id);
    expect(await dueOf(seller)).not.toContain(subjectId);
  });

  it('leaves alone what a later one promised', async () => {
    const lead = await enterLead();
    const subject = { subjectNoun: 'lead', subjectId: lead.id };
    const early = await log(seller, { ...subject, happenTime: new Date(Date.now() - DAY).toISOString() });
    await log(seller, { ...subject, nextContactDate: date(0) });
    const { lead: before } = await seller.leads.getLead({ id: lead.id });
    await correct(early.id, { nextContactDate: date(9), content: '补充说明' });
    expect((await seller.leads.getLead({ id: lead.id })).lead).toMatchObject({
      nextContactDate: date(0),
      version: before!.version,
    });
  });
});

const subjects = {
  lead: async () => (await enterLead()).id,
  customer: async () => {
    const customer = Customer.fromJSON({ name: `客户 ${uuidv7()}` });
    return (await seller.customers.createCustomer({ customer, requestId: '', validateOnly: false })).customer!.id;
  },
  opportunity: async () => {
    const id = uuidv7();
    const state = {
      name: '商机',
      ownerId: seller.id,
      departmentId: seller.departmentId,
      state: 'OPPORTUNITY_STATE_OPEN',
    };
    await started.database.transact((tx) => applyOpportunities(tx, [{ id, version: 1, state } as never]));
    return id;
  },
};
