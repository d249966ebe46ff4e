import { Activity } from '@pelagic/proto/crm/customer/v1/activity';
import { Contact } from '@pelagic/proto/crm/customer/v1/contact';
import { expect, test } from 'vitest';
import { recordsIn } from './records-in.ts';

test('an answer shows its records with those of the same service that they refer to', () => {
  const [ann, bob] = [
    Contact.fromPartial({ id: 'ann', customerId: 'blue', leadId: 'lead', ownerId: 'li' }),
    Contact.fromPartial({ id: 'bob' }),
  ];
  expect(recordsIn('crm.customer.v1.ListContactsResponse', { contacts: [ann, bob] })).toEqual([
    { service: 'customer', noun: 'contact', id: 'ann', on: ['blue', 'lead'] },
    { service: 'customer', noun: 'contact', id: 'bob', on: [] },
  ]);
});

test('a follow-up hangs on what it is about, also on a record of another service', () => {
  const called = Activity.fromPartial({ id: 'call', subjectNoun: 'opportunity', subjectId: 'deal', contactId: 'ann' });
  expect(recordsIn('crm.customer.v1.ListActivitiesResponse', { activities: [called] })).toEqual([
    { service: 'customer', noun: 'activity', id: 'call', on: ['deal', 'ann'] },
  ]);
});
