import { connect } from '@pelagic/chassis/client';
import { uuidv7, type EventEnvelope } from '@pelagic/chassis/outbox';
import { implement, type Handlers } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { runAs, type TestPerson } from '@pelagic/chassis/testing/callers';
import { RecordServiceService, type ChangedVersion } from '@pelagic/proto/crm/capability/v1/record';
import { Activity } from '@pelagic/proto/crm/customer/v1/activity';
import { Contact } from '@pelagic/proto/crm/customer/v1/contact';
import { Customer } from '@pelagic/proto/crm/customer/v1/customer';
import { ListTimelineRequest } from '@pelagic/proto/crm/customer/v1/timeline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyOpportunities } from '../activity/opportunity-subject.ts';
import { everything, startCustomerService } from '../testing.ts';
import { applyBelonging } from './belonging.ts';
import { timelineHandlers } from './timeline.handlers.ts';

type Started = Awaited<ReturnType<typeof startCustomerService>>;

const RIGHTS = { ...everything('ALL'), 'opportunity.read': 'ALL' } as const;
const DEALS = 12;
const REASON = 'As the reader may know it';
const AMOUNT = { field: 'amount', before: '"1"', after: '"2"' };

let started: Started;
let manager: Awaited<ReturnType<Started['person']>>;
let sales: ReturnType<typeof grpcServer>;
let customerId: string;
let contactId: string;
let asked: { caller: string; versions: ChangedVersion[] }[];

/** As the consumers of both services enter them. */
const enter = (
  rows: { id?: string; time?: string; event: string; noun: string; record_id: string; version: number }[],
) =>
  started.database.sql
    .insertInto('timeline')
    .values(
      rows.map(({ id = uuidv7(), time = new Date().toISOString(), ...row }) => ({
        ...row,
        event_id: id,
        time,
        reason: 'Said with the event',
        imported: false,
      })),
    )
    .execute();

const list = async (rights: Partial<TestPerson> = {}, of: object = { noun: 'customer', recordId: customerId }) => {
  const { id, token } = await started.person({ permissions: RIGHTS, ...rights });
  const caller = await started.callers.identify(token);
  const keeper = connect(RecordServiceService, `127.0.0.1:${sales.port()}`);
  const handlers = timelineHandlers(started.service, { sales: keeper, ticket: keeper });
  const request = ListTimelineRequest.fromPartial({ ...of, pageSize: 200 });
  const { entries } = await runAs(caller, () => handlers.listTimeline(request, caller));
  return { id, entries, changesOf: (event: string) => entries.find((entry) => entry.event === event)?.changes };
};

beforeAll(async () => {
  started = await startCustomerService();
  manager = await started.person({ permissions: RIGHTS });
  const handlers = {
    listChanges: async ({ versions }, caller) => {
      asked.push({ caller: caller.id, versions });
      return {
        versions: versions.map(({ recordId, version }) => ({ recordId, version, changes: [AMOUNT], reason: REASON })),
      };
    },
  } as Partial<Handlers<RecordServiceService>> as Handlers<RecordServiceService>;
  sales = grpcServer({
    host: '127.0.0.1',
    port: 0,
    implementations: () => [implement(started.seam, RecordServiceService, handlers)],
  });
  await sales.start();

  const once = { requestId: '', validateOnly: false };
  customerId = (await manager.customers.createCustomer({ ...once, customer: Customer.fromJSON({ name: 'Blue Sea' }) }))
    .customer!.id;
  const contact = Contact.fromJSON({ name: 'Ann', customerId, phones: ['13800138000'], note: 'first' });
  contactId = (await manager.contacts.createContact({ ...once, contact })).contact!.id;
  for (const note of ['second', 'third'])
    await manager.contacts.updateContact({
      id: contactId,
      contact: Contact.fromJSON({ phones: ['13900139000'], note }),
      updateMask: ['phones', 'note'],
    });
  const told = (await started.database.sql.selectFrom('outbox').select('event').execute()) as {
    event: EventEnvelope;
  }[];
  await enter(
    told.map(({ event: { id, time, type, noun, subject, sequence } }) => ({
      id,
      time,
      event: type,
      noun,
      record_id: subject,
      version: Number(sequence),
    })),
  );

  const deals = Array.from({ length: DEALS }, () => uuidv7());
  const state = { name: 'Deal', customerId, state: 'OPPORTUNITY_STATE_OPEN' };
  await started.database.transact((tx) =>
    applyOpportunities(
      tx,
      deals.map((id) => ({ id, version: 3, state })),
    ),
  );
  await enter(
    deals.flatMap((record_id) =>
      [2, 3].map((version) => ({ event: 'crm.sales.opportunity.moved.v1', noun: 'opportunity', record_id, version })),
    ),
  );
});
beforeEach(() => {
  asked = [];
});
afterAll(async () => {
  await sales.stop();
  await started.stop();
});

describe('the timeline of a customer', () => {
  it('says what changed with each entry, and asks another service once for all of its records, as its reader', async () => {
    const { id, entries } = await list();
    expect(entries).toHaveLength(4 + 2 * DEALS);
    const contacts = entries.filter(({ recordId }) => recordId === contactId);
    expect(contacts.map(({ changes }) => changes)).toEqual([
      [{ field: 'note', before: '"second"', after: '"third"' }],
      [
        { field: 'phones', before: '["+8613800138000"]', after: '["+8613900139000"]' },
        { field: 'note', before: '"first"', after: '"second"' },
      ],
      [],
    ]);
    const moved = entries.filter(({ noun }) => noun === 'opportunity');
    expect(moved.map(({ changes }) => changes)).toEqual(Array.from({ length: 2 * DEALS }, () => [AMOUNT]));
    expect(new Set(moved.map(({ reason }) => reason))).toEqual(new Set([REASON]));
    expect(asked.map(({ caller, versions }) => [caller, versions.length])).toEqual([[id, 2 * DEALS]]);
    expect(new Set(asked[0]!.versions.map(({ recordId, version }) => `${recordId}/${version}`)).size).toBe(2 * DEALS);
  });

  it.each(['campaign', '__proto__', 'constructor', ''])('is of no %j', async (noun) => {
    await expect(list({}, { noun, recordId: customerId })).rejects.toThrow('noun: There is a timeline of');
  });

  it('shows no value that its reader may not see', async () => {
    const { entries } = await list({ fields: { contact: { masked: ['phones'], hidden: ['note'] } } });
    const contacts = entries.filter(({ recordId }) => recordId === contactId);
    expect(contacts.map(({ changes }) => changes)).toEqual([[], [{ field: 'phones', before: '', after: '' }], []]);
  });

  it('still says who did what and when while the other service is away', async () => {
    await sales.stop();
    const { entries, changesOf } = await list();
    expect(entries).toHaveLength(4 + 2 * DEALS);
    expect(new Set(entries.map(({ reason }) => reason))).toEqual(new Set(['']));
    expect([changesOf('crm.sales.opportunity.moved.v1'), changesOf('crm.customer.contact.updated.v1')]).toEqual([
      [],
      [{ field: 'note', before: '"second"', after: '"third"' }],
    ]);
  });
});

it('tells of the contracts and tickets of a customer, each to those who may see it', async () => {
  const [mine, others, ticket] = [uuidv7(), uuidv7(), uuidv7()];
  const owner = await started.person({ permissions: RIGHTS });
  const of = (id: string, name: string, more: object = {}) => ({
    id,
    version: 1,
    state: { name, customerId, ...more },
  });
  await started.database.transact(async (tx) => {
    await applyBelonging('contract')(tx, [of(mine, 'Mine', { ownerId: owner.id }), of(others, 'Theirs')]);
    await applyBelonging('ticket')(tx, [
      of(ticket, 'Broken', { shares: [{ employeeId: owner.id, access: 'SHARE_ACCESS_READ' }] }),
    ]);
  });
  await enter([
    ...[mine, others].map((id) => ({
      ...{ event: 'crm.sales.contract.approved.v1', noun: 'contract', record_id: id, version: 1 },
    })),
    { event: 'crm.ticket.ticket.solved.v1', noun: 'ticket', record_id: ticket, version: 1 },
  ]);
  const titles = async (permissions: TestPerson['permissions'], of?: object) => {
    const { entries } = await list({ id: owner.id, permissions: { 'customer.read': 'ALL', ...permissions } }, of);
    return entries
      .filter(({ noun }) => ['contract', 'ticket'].includes(noun))
      .map(({ title }) => title)
      .toSorted();
  };
  expect(await titles({})).toEqual([]);
  expect(await titles({ 'contract.read': 'ALL', 'ticket.read': 'ALL' })).toEqual(['Broken', 'Mine', 'Theirs']);
  expect(await titles({ 'contract.read': 'OWN', 'ticket.read': 'OWN' })).toEqual(['Broken', 'Mine']);
  expect(await titles({ 'ticket.read': 'OWN' }, { noun: 'ticket', recordId: ticket })).toEqual(['Broken']);
});

it('tells with a contact the follow-ups that were with it, to those who may see them', async () => {
  const log = async (more: object) => {
    const fields = { kind: 'ACTIVITY_KIND_CALL', subjectNoun: 'customer', subjectId: customerId, content: 'Rang' };
    const activity = Activity.fromJSON({ ...fields, ...more });
    const { id } = (await manager.activities.createActivity({ activity, requestId: '' })).activity!;
    await enter([{ event: 'crm.customer.activity.created.v1', noun: 'activity', record_id: id, version: 1 }]);
    return id;
  };
  const withAnn = await log({ contactId });
  await log({});
  const told = async (rights: Partial<TestPerson> = {}) =>
    (await list(rights, { noun: 'contact', recordId: contactId })).entries
      .filter(({ noun }) => noun === 'activity')
      .map(({ recordId, content }) => [recordId, content]);
  expect(await told()).toEqual([[withAnn, 'Rang']]);
  const { entries } = await list(
    { fields: { activity: { hidden: ['kind'] } } },
    { noun: 'contact', recordId: contactId },
  );
  expect(entries.find(({ recordId }) => recordId === withAnn)).toMatchObject({ content: 'Rang', activityKind: '' });
  const others = Object.entries(RIGHTS).filter(([right]) => right !== 'activity.read');
  expect(await told({ permissions: Object.fromEntries(others) })).toEqual([]);
});
