import { columnsFor } from '@pelagic/capabilities/export/column';
import { namesOf } from '@pelagic/capabilities/export/run-export';
import type { Row } from '@pelagic/capabilities/record/mapping';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { Activity } from '@pelagic/proto/crm/customer/v1/activity';
import { Contact } from '@pelagic/proto/crm/customer/v1/contact';
import { Customer } from '@pelagic/proto/crm/customer/v1/customer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activity } from './activity/activity.ts';
import { activityWordings } from './activity/activity.wordings.ts';
import { applyOpportunities } from './activity/opportunity-subject.ts';
import { recordNames } from './record-names.ts';
import { everything, startCustomerService } from './testing.ts';

type Started = Awaited<ReturnType<typeof startCustomerService>>;
type Person = Awaited<ReturnType<Started['person']>>;

const RIGHTS: ReturnType<typeof everything> = { ...everything('ALL'), 'opportunity.read': 'ALL' };

let started: Started;
let seller: Person;
let called: Row[];
const ids = { customer: '', contact: '', deal: uuidv7() };

const call = async (subjectNoun: string, subjectId: string, contactId: string): Promise<Row> =>
  (
    await seller.activities.createActivity({
      activity: Activity.fromPartial({
        kind: 'ACTIVITY_KIND_CALL',
        content: '电话',
        subjectNoun,
        subjectId,
        contactId,
      }),
      requestId: '',
    })
  ).activity as unknown as Row;

beforeAll(async () => {
  started = await startCustomerService();
  seller = await started.person({ permissions: RIGHTS });
  const customer = Customer.fromJSON({ name: '蓝海贸易' });
  ids.customer = (await seller.customers.createCustomer({ customer, requestId: '', validateOnly: false })).customer!.id;
  const contact = Contact.fromJSON({ name: '王芳', customerId: ids.customer });
  ids.contact = (await seller.contacts.createContact({ contact, requestId: '', validateOnly: false })).contact!.id;
  const state = { name: '年度框架', ownerId: seller.id, state: 'OPPORTUNITY_STATE_OPEN' };
  await started.database.transact((tx) => applyOpportunities(tx, [{ id: ids.deal, version: 1, state }]));
  called = [await call('customer', ids.customer, ids.contact), await call('opportunity', ids.deal, ids.contact)];
});
afterAll(() => started.stop());

/** The rows of an export of follow-ups, as far as they refer to other records. */
const exported = async (person: Person): Promise<string[][]> => {
  const caller = await started.callers.identify(person.token);
  const asked = ['subjectNoun', 'subjectId', 'contactId'];
  const columns = columnsFor({
    noun: activity,
    definitions: [],
    wordings: activityWordings,
    caller,
    locale: 'zh',
    asked,
  });
  const nameOf = await started.database.transact((tx) => namesOf(tx, recordNames, columns, called, caller));
  return called.map((message) => columns.map(({ cell }) => cell(message, nameOf)));
};

describe('what an export of follow-ups refers to', () => {
  it('is written by kind and name', async () => {
    expect(await exported(seller)).toEqual([
      ['客户', '蓝海贸易', '王芳'],
      ['商机', '年度框架', '王芳'],
    ]);
  });

  it.each(['hidden', 'masked'])('gives no names to who has them %s, and none of what they may not see', async (how) => {
    const reader = await started.person({
      permissions: { ...RIGHTS, 'opportunity.read': 'OWN' },
      fields: { customer: { [how]: ['name'] } },
    });
    expect(await exported(reader)).toEqual([
      ['客户', ids.customer, '王芳'],
      ['商机', ids.deal, '王芳'],
    ]);
  });
});
