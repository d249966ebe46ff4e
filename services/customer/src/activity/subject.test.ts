import { uuidv7 } from '@pelagic/chassis/outbox';
import { Activity } from '@pelagic/proto/crm/customer/v1/activity';
import { Contact } from '@pelagic/proto/crm/customer/v1/contact';
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

const date = (days: number) => new Date(Date.now() + days * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10);
const at = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

const log = async (fields: object) => {
  const activity = Activity.fromJSON({ kind: 'ACTIVITY_KIND_CALL', content: '电话沟通', ...fields });
  return (await seller.activities.createActivity({ activity, requestId: '' })).activity!;
};
const correct = (id: string, fields: object) =>
  seller.activities.updateActivity({ id, activity: Activity.fromJSON(fields), updateMask: Object.keys(fields) });
const takeBack = (id: string) => seller.activities.deleteActivity({ id, version: 0 });

const customerAndDeal = async () => {
  const draft = Customer.fromJSON({ name: `客户 ${uuidv7()}` });
  const { customer } = await seller.customers.createCustomer({ customer: draft, requestId: '', validateOnly: false });
  const [id, customerId] = [uuidv7(), customer!.id];
  const state = { name: '商机', customerId, ownerId: seller.id, state: 'OPPORTUNITY_STATE_OPEN' };
  await started.database.transact((tx) => applyOpportunities(tx, [{ id, version: 1, state }]));
  return { customerId, deal: { subjectNoun: 'opportunity', subjectId: id } };
};

beforeAll(async () => {
  started = await startCustomerService();
  seller = await started.person({
    permissions: { ...everything('OWN'), 'opportunity.read': 'OWN', 'opportunity.update': 'OWN' },
  });
});
afterAll(() => started.stop());

describe('a follow-up with a lead that ended', () => {
  const promised = async () => {
    const draft = Lead.fromJSON({ name: '王小明', phones: ['13800138000'], ownerId: seller.id });
    const { lead } = await seller.leads.createLead({ lead: draft, requestId: '', validateOnly: false });
    const early = await log({ subjectNoun: 'lead', subjectId: lead!.id, nextContactDate: date(3) });
    return { early, subject: { subjectNoun: 'lead', subjectId: lead!.id } };
  };
  const stateOf = async ({ subjectId: id }: { subjectId: string }) => (await seller.leads.getLead({ id })).lead!;

  it('is logged elsewhere once it is converted, a note too, and corrections leave it alone', async () => {
    const { early, subject } = await promised();
    await sql`update lead set state = 'LEAD_STATE_CONVERTED', next_contact_date = null where id = ${subject.subjectId}`.execute(
      started.database.sql,
    );
    const before = await stateOf(subject);
    const refused = { code: 'FAILED_PRECONDITION', reason: 'LEAD_FOLLOWED_ELSEWHERE' };
    await expect(log(subject)).rejects.toMatchObject(refused);
    await expect(log({ ...subject, kind: 'ACTIVITY_KIND_NOTE' })).rejects.toMatchObject(refused);
    await expect(correct(early.id, { nextContactDate: date(4) })).rejects.toMatchObject(refused);
    await correct(early.id, { content: '打错了字', nextContactDate: date(3) });
    await takeBack(early.id);
    expect(await stateOf(subject)).toEqual(before);
  });

  it('promises nothing once it was given up', async () => {
    const { early, subject } = await promised();
    const id = subject.subjectId;
    await seller.leads.setLeadState({ id, state: 'LEAD_STATE_INVALID', reason: '空号', version: 0 });
    const refused = (field: string) => ({ fields: [{ field, reason: 'LEAD_GIVEN_UP' }] });
    const nextContactDate = date(4);
    await expect(log({ ...subject, nextContactDate })).rejects.toMatchObject(refused('activity.nextContactDate'));
    await expect(correct(early.id, { nextContactDate })).rejects.toMatchObject(refused('activity.nextContactDate'));
    const lead = Lead.fromJSON({ nextContactDate });
    await expect(seller.leads.updateLead({ id, lead, updateMask: ['nextContactDate'] })).rejects.toMatchObject(
      refused('lead.nextContactDate'),
    );
    await correct(early.id, { kind: 'ACTIVITY_KIND_VISIT' });
    const { happenTime } = await log(subject);
    const after = await stateOf(subject);
    expect(after).toMatchObject({ state: 'LEAD_STATE_INVALID', lastContactTime: happenTime });
    expect(after.nextContactDate).toBeUndefined();
  });
});

describe('a follow-up with a deal', () => {
  const customerOf = async (id: string) => (await seller.customers.getCustomer({ id })).customer!;
  const datesOf = ({ subjectId: id }: { subjectId: string }, person = seller) =>
    person.activities.getContactDates({ id });

  it('is told with the deal to those who may see it, and not logged on one in the recycle bin', async () => {
    const { deal } = await customerAndDeal();
    expect(await datesOf(deal)).toEqual({});
    const { happenTime } = await log({ ...deal, nextContactDate: date(3) });
    expect(await datesOf(deal)).toEqual({ lastContactTime: happenTime, nextContactDate: date(3) });
    const stranger = await started.person({ permissions: { 'opportunity.read': 'OWN' } });
    await expect(datesOf(deal, stranger)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await sql`update opportunity_subject set delete_time = now() where id = ${deal.subjectId}`.execute(
      started.database.sql,
    );
    await expect(log(deal)).rejects.toMatchObject({ fields: [{ reason: 'UNKNOWN_RECORD' }] });
  });

  it('moves the last contact of its customer and not what that was promised, and tells it', async () => {
    const { customerId, deal } = await customerAndDeal();
    await log({ subjectNoun: 'customer', subjectId: customerId, happenTime: at(3), nextContactDate: date(0) });
    const { happenTime } = await log({ ...deal, happenTime: at(1), nextContactDate: date(5) });
    const after = await customerOf(customerId);
    expect(after).toMatchObject({ lastContactTime: happenTime, nextContactDate: date(0) });
    expect((await started.events(customerId)).at(-1)).toMatchObject({
      subject: 'crm.customer.customer.updated.v1',
      version: after.version,
      event: { data: { customer: { lastContactTime: happenTime } } },
    });
    await log({ ...deal, kind: 'ACTIVITY_KIND_NOTE' });
    await log({ ...deal, happenTime: at(2) });
    expect(await customerOf(customerId)).toEqual(after);
  });

  it('hides no follow-up of the customer that is entered after it', async () => {
    const { customerId, deal } = await customerAndDeal();
    const customer = { subjectNoun: 'customer', subjectId: customerId };
    const { happenTime } = await log(deal);
    const late = await log({ ...customer, happenTime: at(2), nextContactDate: date(4) });
    expect(await customerOf(customerId)).toMatchObject({ lastContactTime: happenTime, nextContactDate: date(4) });
    await correct(late.id, { nextContactDate: date(6) });
    expect(await customerOf(customerId)).toMatchObject({ lastContactTime: happenTime, nextContactDate: date(6) });
  });

  it('that is taken back was no contact of its customer', async () => {
    const { customerId, deal } = await customerAndDeal();
    const early = await log({ subjectNoun: 'customer', subjectId: customerId, happenTime: at(2) });
    const { id } = await log(deal);
    await takeBack(id);
    expect((await customerOf(customerId)).lastContactTime).toEqual(early.happenTime);
  });
});

it('is with a contact of the customer that it is about', async () => {
  const { customerId, deal } = await customerAndDeal();
  const contactOf = async (id: string) => {
    const contact = Contact.fromJSON({ name: '王芳', customerId: id });
    return (await seller.contacts.createContact({ contact, requestId: '', validateOnly: false })).contact!.id;
  };
  const [contactId, other] = [await contactOf(customerId), await contactOf((await customerAndDeal()).customerId)];
  const unknown = { fields: [{ field: 'activity.contactId', reason: 'UNKNOWN_CONTACT' }] };
  for (const subject of [deal, { subjectNoun: 'customer', subjectId: customerId }]) {
    const { id } = await log({ ...subject, contactId });
    await expect(log({ ...subject, contactId: other })).rejects.toMatchObject(unknown);
    await expect(correct(id, { contactId: uuidv7() })).rejects.toMatchObject(unknown);
  }
});
